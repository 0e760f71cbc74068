"""Empty databases of both kinds, as the store's tests have them."""

from tests.postgres import empty_postgres, postgres_server
from tests.store.conftest import empty_url

__all__ = ["empty_postgres", "empty_url", "postgres_server"]
