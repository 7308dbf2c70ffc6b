"""Branch and bound over places and instants: boxes, bounds, and the leaves of an answer."""
