"""The help page: the staff's manual, for whoever reads it, from the table of pages."""
