"""The rules of the conversation, proved without a database, a network or a clock."""
