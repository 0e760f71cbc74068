"""Every card as a picture: `python -m tests.gallery`."""
