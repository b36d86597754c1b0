"""What is kept about somebody, and erasing it."""
