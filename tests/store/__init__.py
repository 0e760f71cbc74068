"""The store, on everything that is one: in memory, SQLite and a real PostgreSQL."""
