"""The real server, for the tests of this room.

Called by pytest.
"""

from tests.stores.redis_server import one_redis, own_redis, redis_server

__all__ = ["one_redis", "own_redis", "redis_server"]
