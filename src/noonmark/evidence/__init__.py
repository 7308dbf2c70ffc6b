"""Bytes and promises; knows no journalism."""
