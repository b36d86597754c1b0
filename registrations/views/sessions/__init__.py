"""Sessions in calendars, and joining them."""
