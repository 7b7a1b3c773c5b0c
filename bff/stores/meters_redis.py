"""What everybody took of their quotas, in one Redis for all processes.

Why       Three processes with a limit of 100 each let 300 through.
How       One script reads, decides and writes, by the server's clock, so that no two processes
          count at the same time or by clocks of their own. It tells what it found and when; what
          that means is said by the same rule as in memory (stores/quota.py).
Called by app (makes it), through meters_spare.py.
Never     sends who it is about: keys are digests.
Source    Redis "Scripting with Lua" (atomicity, effects replication); stores/quota.py.
"""

from collections.abc import Sequence

from bff.stores.key_digest import digest_of, name_of
from bff.stores.quota import SLACK_S, Charge, State, Verdict, judge_all
from bff.stores.redis_client import RedisClient

SINCE_S = 1_767_225_600
"""The script's seconds begin in 2026: as many digits as possible are left behind the point."""

SCRIPT = f"""
local time = redis.call('TIME')
local now = tonumber(time[1]) - {SINCE_S} + tonumber(time[2]) / 1000000
local told, keep, allowed = {{string.format('%.17g', now)}}, {{}}, true
for i = 1, #KEYS do
  local at = 5 * (i - 1)
  local algorithm, cost = ARGV[at + 1], tonumber(ARGV[at + 5])
  local limit, window, room = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), ARGV[at + 4]
  local found, state = redis.call('GET', KEYS[i]) or '', {{}}
  for number in string.gmatch(found, '%S+') do state[#state + 1] = tonumber(number) end
  told[#told + 1] = found
  if algorithm == 'gcra' then
    local interval, full = window / limit, now
    if state[1] and state[1] > now then full = state[1] end
    local after = full + cost * interval
    if after > now + tonumber(room) * interval + {SLACK_S!r} then allowed = false end
    keep[i] = {{string.format('%.17g', after), after - now}}
  else
    local start = math.floor(now / window) * window
    local taken, before = 0, 0
    if state[1] and state[1] >= start - 0.5 * window then
      taken, before = state[2], state[3] or 0
    elseif state[1] and state[1] >= start - 1.5 * window then
      before = state[2]
    end
    local windows, last = 2, ''
    if algorithm == 'fixed' then windows, before = 1, 0 end
    if algorithm == 'sliding' then last = string.format(' %.17g', before) end
    if taken + before * ((start + window - now) / window) + cost > limit + {SLACK_S!r} then
      allowed = false
    end
    keep[i] = {{
      string.format('%.17g %.17g', start, taken + cost) .. last, start + windows * window - now
    }}
  end
end
if allowed then
  for i = 1, #KEYS do
    redis.call('SET', KEYS[i], keep[i][1], 'PX', math.ceil(keep[i][2] * 1000) + 1)
  end
end
return told
"""


class RedisMeters:
    """client  its own: its time is what a request waits for"""

    waits = True

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<RedisMeters of {self._client!r}>"

    @property
    def reachable(self) -> bool:
        return self._client.reachable

    async def take(self, charges: Sequence[Charge]) -> tuple[Verdict, ...]:
        """Raises StoreUnreachable."""
        keys = [self._client.prefix + digest(key) for key, _, _ in charges]
        words = [word for one in charges for word in arguments(one)]
        now, *found = await self._client.eval(SCRIPT, keys, words)
        _, verdicts = judge_all(charges, [state_of(one) for one in found], now_s=float(now))
        return verdicts


def digest(key: str) -> str:
    """24 characters for a key."""
    return name_of(digest_of(key, space="rate")[:18])


def state_of(text: bytes | str) -> State:
    """As the script writes it.

    >>> state_of(b"1.5 3"), state_of("")
    ((1.5, 3.0), ())
    """
    return tuple([float(number) for number in text.split()])


def arguments(charge: Charge) -> tuple[str, ...]:
    _, quota, cost = charge
    return (quota.algorithm, str(quota.limit), repr(quota.window_s), str(quota.burst), str(cost))
