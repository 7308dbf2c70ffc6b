"""The inquiry's vocabulary and its forms on disk."""
