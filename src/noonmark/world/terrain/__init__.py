"""The shape of the land: elevation files, horizons, ridges and skylines."""
