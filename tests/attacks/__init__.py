"""Attacks on the service, each by name; `table.py` says which test holds which, wherever that test is."""
