"""The only way out of a case: what may leave, what is withheld, how it is worded."""
