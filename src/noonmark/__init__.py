"""Noonmark: where and when can this have been filmed, and how sure may we be?"""

__version__ = "0.1.0"
