"""What is said in a case: events, claims, origins, judgements, replies, as forms in its log."""
