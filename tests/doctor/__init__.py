"""The doctor against simulators and broken settings."""
