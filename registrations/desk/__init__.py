"""The staff's desk: the Django admin, where states move by buttons and nothing is edited behind people's backs."""
