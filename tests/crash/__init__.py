"""kill -9 under load, again and again, and then a count of what both outside worlds saw: `python -m tests.crash`.

May import everything. The service is a process of its own, so nothing of it survives a kill but its database.
"""
