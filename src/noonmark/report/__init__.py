"""From findings to a document: figures, files, report."""
