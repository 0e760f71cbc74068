"""kill -9 at every named point, again and again, and then a count of what both outside worlds saw.

`python -m tests.crash` is the long run. May import everything. The service is a process of its own, so nothing of it
survives a kill but its database.
"""
