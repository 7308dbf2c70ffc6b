"""Dated changes in a series of satellite images: an exact posterior, calibrated on its own ring."""
