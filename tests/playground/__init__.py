"""Microsoft 365 Agents Playground, Microsoft's own local Teams client, driven against the real service.

It is an aid for looking, licensed for evaluation and fetched by npm, so no other test needs it.
"""
