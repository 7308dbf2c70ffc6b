"""Readers of one file format each, without decoding pixels. Run inside the locked process.

A parser takes a ByteView and a ParserOutput (byte_view.py, output.py), walks the file by its own
structure, and bounds everything that a hostile file could make endless: how many parts, how deep,
how long a text. It may raise struct.error, ValueError, IndexError or OverflowError on broken bytes;
tasks/probe.py notes that and keeps what was written before.
"""
