"""What people say about themselves, on the form and in lists."""
