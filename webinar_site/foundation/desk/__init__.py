"""What every page of the staff's desk shares: rows that are only read, buttons above them, long lists, signing in again."""
