"""The command line: parse, call bench, tell."""
