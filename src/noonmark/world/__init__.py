"""The Earth as others recorded it, pinned by digest: places, time zones, coast, borders."""
