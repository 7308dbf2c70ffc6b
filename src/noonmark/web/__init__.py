"""The page's server: it parses, calls session and actions, and replies (docs/spec/page.md)."""
