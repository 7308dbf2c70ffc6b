"""Maps of what stands where, kept on this machine, and the search for places in them."""
