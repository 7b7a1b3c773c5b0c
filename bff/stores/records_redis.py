"""Records in Redis: the next machine knows them, too.

Why       What is kept begins with the digest of the key it was kept under, and is looked at when it
          comes back: whatever went wrong on the way, nobody is given another's session.
Called by stores/shelves.py.
Never     sends a key, only its digest. Values go as they are: who keeps secrets encrypts them.
Source    docs/spec/threats.md "other user's data"; docs/spec/reliability.md F19; Redis SET NX PX.
"""

from typing import Final

from bff.stores.key_digest import DIGEST_BYTES, digest_of, name_of
from bff.stores.records import StoreUnreachable
from bff.stores.redis_client import RedisClient

_VERSION: Final = b"\x01"
_HEAD_BYTES: Final = 1 + DIGEST_BYTES
_OWN_CHARACTERS: Final = 16

_SWAP: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
# A set is sorted by when its members' time is up, by Redis's own clock in milliseconds.
_NOW: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
"""
_ADD_MEMBER: Final = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local gone = now + tonumber(ARGV[2])
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not before or tonumber(before) < gone then
  redis.call('ZADD', KEYS[1], string.format('%.0f', gone), ARGV[1])
end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(last[2]) - now))
return 1
"""
)
_MEMBERS: Final = (
    _NOW
    + """
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')
"""
)
_REMOVE_MEMBER: Final = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZREM', KEYS[1], ARGV[1])
"""
)


class RedisRecords:
    """Every method raises StoreUnreachable."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<RedisRecords by {self._client!r}>"

    async def get(self, key: str) -> bytes | None:
        """None for what is not there, or past its time."""
        place, head = self._place(key)
        kept = await self._client.ask("GET", place)
        if kept is None:
            return None
        if kept[:_HEAD_BYTES] != head:
            raise StoreUnreachable("what came is not what was asked for")
        return bytes(kept[_HEAD_BYTES:])

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep it so long, in place of what was there."""
        place, head = self._place(key)
        await self._client.ask("SET", place, head + value, "PX", _ms(ttl_s))

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """True: nothing was there, and it is kept."""
        place, head = self._place(key)
        kept = await self._client.ask("SET", place, head + value, "PX", _ms(ttl_s), "NX")
        return kept is not None

    async def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> bool:
        """True: `old` was there, and `new` is kept."""
        place, head = self._place(key)
        args = (head + old, head + new, _ms(ttl_s))
        return bool(await self._client.eval(_SWAP, (place,), args))

    async def delete(self, key: str) -> bool:
        """True: it was there."""
        return bool(await self._client.ask("DEL", self._place(key)[0]))

    async def add_member(self, key: str, member: str, *, ttl_s: float) -> None:
        """Put a name into a set, for so long or for as long as it is in already."""
        place, own = self._set(key)
        await self._client.eval(_ADD_MEMBER, (place,), (own + member, _ms(ttl_s)))

    async def members(self, key: str) -> frozenset[str]:
        """The names that are in a set now."""
        place, own = self._set(key)
        found = [one.decode() for one in await self._client.eval(_MEMBERS, (place,), ())]
        if not all(one.startswith(own) for one in found):
            raise StoreUnreachable("what came is not what was asked for")
        return frozenset(one[_OWN_CHARACTERS:] for one in found)

    async def remove_member(self, key: str, member: str) -> bool:
        """True: it was in."""
        place, own = self._set(key)
        return bool(await self._client.eval(_REMOVE_MEMBER, (place,), (own + member,)))

    def _place(self, key: str) -> tuple[str, bytes]:
        """Redis's key, and how the value under it begins."""
        digest = digest_of(key, space=self._client.prefix)
        return f"{self._client.prefix}{name_of(digest)}", _VERSION + digest

    def _set(self, key: str) -> tuple[str, str]:
        """Redis's key, and how each member begins."""
        name = name_of(digest_of(key, space=self._client.prefix + "set"))
        return f"{self._client.prefix}{name}", name[:_OWN_CHARACTERS]


def _ms(ttl_s: float) -> int:
    return max(1, round(ttl_s * 1000))
