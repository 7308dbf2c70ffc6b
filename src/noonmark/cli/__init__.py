"""The command line: parse, call actions, print."""
