"""The thirty faults that the service must survive, each by its name: see `table.py`."""
