"""The public pages: a view reads the form, calls one service and redirects; a GET never changes anything."""
