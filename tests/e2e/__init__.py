"""The whole service over HTTP, between the two simulators, with a clock that the tests move."""
