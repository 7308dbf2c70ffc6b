"""A camera that turns and does not walk: its lens and poses from points seen in several frames."""
