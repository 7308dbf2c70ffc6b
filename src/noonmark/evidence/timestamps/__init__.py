"""Time told by others: RFC 3161 tokens and OpenTimestamps proofs, read and judged offline.

Only :mod:`noonmark.evidence.timestamps.server` opens the network, and only when a command names the
server.
"""
