"""Clue documents that the demo, the docs and the tests share."""
