"""Laws of light and lenses: numbers in, numbers out. Opens nothing."""
