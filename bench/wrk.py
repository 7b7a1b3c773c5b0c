"""wrk, as the load: the Lua script that it runs for a case, and what it says at the end.

Called by loads.py.
Source    https://github.com/wg/wrk: SCRIPTING.
"""

import json
from dataclasses import dataclass

from bench.cases import Case

_END = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"elapsed_us":%d,"p50_us":%d,"p99_us":%d,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
_IN_TURN = """
local made, turn = {}, 0
init = function(arguments)
  for index, path in ipairs(paths) do made[index] = wrk.format(nil, path) end
end
request = function()
  turn = turn % #made + 1
  return made[turn]
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a load saw. `errors` counts broken connections and every status of 400 and above."""

    requests: int
    elapsed_s: float
    p50_us: float
    p99_us: float
    errors: int


def script(case: Case, body: bytes) -> str:
    """The Lua script of a case. One path is sent as it is; many are made before the clock runs."""
    lines = [f"wrk.method = {lua(case.method)}"]
    lines += [f"wrk.headers[{lua(name)}] = {lua(value)}" for name, value in case.headers_sent()]
    if body:
        lines.append(f"wrk.body = {lua(body.decode())}")
    if len(case.paths) > 1:
        lines.append(f"local paths = {{{', '.join(map(lua, case.paths))}}}")
        lines.append(_IN_TURN)
    return "\n".join((*lines, _END))


def lua(text: str) -> str:
    """A Lua string.

    >>> lua('say "ø"')
    '"say \\\\"\\\\195\\\\184\\\\""'
    """
    plain = (chr(one) if 32 <= one < 127 and one not in b'"\\' else "" for one in text.encode())
    escaped = (
        kept or (f"\\{chr(one)}" if one in b'"\\' else f"\\{one:03d}")
        for kept, one in zip(plain, text.encode(), strict=True)
    )
    return f'"{"".join(escaped)}"'


def heard(output: str) -> Heard:
    """The line of figures in what a load printed. Raises ValueError where there is none."""
    for line in reversed(output.splitlines()):
        if line.startswith('{"requests"'):
            told = json.loads(line)
            elapsed_s = told.pop("elapsed_us") / 1e6
            return Heard(elapsed_s=elapsed_s, **told)
    raise ValueError(f"the load said nothing of what it did:\n{output}")
