"""Clues in, a probability over place and instant out. Pure: no file, no network, no clock."""
