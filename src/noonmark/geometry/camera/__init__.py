"""One view's geometry: from marked pixels to the sun, the horizon and the place, each with its
error.
"""
