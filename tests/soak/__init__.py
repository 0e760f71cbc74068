"""`make soak`: two thousand conversations under load for some minutes, then more than the service can take at once."""
