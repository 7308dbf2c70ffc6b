"""The case that the page has open: its state, its answers, its pictures, its record."""
