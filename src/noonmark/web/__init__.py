"""The page's door: it parses, calls bench and tells; it computes nothing. See docs/spec/page.md."""
