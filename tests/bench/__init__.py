"""Speed, measured: `python -m tests.bench` prints ratios of the real service to bare floors and to peers, in one run.

May import everything. Machines differ and drift, so nothing here asserts a time; what counts is a ratio of two things
that were measured one right after the other.
"""
