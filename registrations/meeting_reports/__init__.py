"""A meeting's report of who was there, from foreign text to people and their time: pure, with limits."""
