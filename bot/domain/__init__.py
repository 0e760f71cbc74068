"""The rules of the conversation, pure: standard library only, no I/O, no clock, no randomness, no `await`."""
