"""The databases to break: as in the tests of the store."""

from tests.postgres import empty_postgres, postgres_server, postgres_template, postgres_url
from tests.store.conftest import empty_url, sqlite_url

__all__ = ["empty_postgres", "empty_url", "postgres_server", "postgres_template", "postgres_url", "sqlite_url"]
