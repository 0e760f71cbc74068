"""A real PostgreSQL, which quotes the whole row when it refuses it."""

from tests.postgres import postgres_server, postgres_template, postgres_url

__all__ = ["postgres_server", "postgres_template", "postgres_url"]
