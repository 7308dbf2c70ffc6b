"""The only room that decodes what strangers sent."""
