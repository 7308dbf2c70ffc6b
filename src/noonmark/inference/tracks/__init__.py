"""A shadow track's posterior in the plane of the sun's elevation and the date."""
