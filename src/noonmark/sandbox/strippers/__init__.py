"""Copies of one file format each without metadata. Run inside the locked process.

What every stripper owes:

    1 It keeps by a list of what the picture needs; what is unknown stays behind.
    2 Coded pixels and sound pass as they are, byte for byte.
    3 It counts in ``removed`` what stays behind, by a name that a reader understands.
    4 It refuses a file whose picture can't be kept without its metadata (common.refusal).
    5 On any bytes at all it ends with a copy or with an InputError.

A new format is a module with one function, and a row in table.py.
"""
