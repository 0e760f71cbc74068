"""The Teams app package, built and checked offline. Imports the standard library alone, and nothing of `bot`."""
