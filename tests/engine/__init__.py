"""What an event comes to, decided from a snapshot made by hand."""
