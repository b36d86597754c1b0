"""What both apps share and is no matter of either; imports neither."""
