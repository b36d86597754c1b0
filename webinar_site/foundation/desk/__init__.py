"""What every page of the staff's desk shares: rows only to read, buttons above them, long lists, signing in again."""
