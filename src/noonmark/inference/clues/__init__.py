"""One file per kind of clue: the one extension point."""
