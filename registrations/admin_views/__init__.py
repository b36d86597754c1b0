"""The desk's own pages: each GET shows what would happen, the POST behind it does it."""
