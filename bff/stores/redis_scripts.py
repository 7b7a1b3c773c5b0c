"""The cache's three scripts: they run as one step, by Redis's own clock.

Kept      version (1 byte), key's digest (32), how many tags (4), tags (16 each), marks (17 each),
          when it was asked, is no longer fresh and is gone (16 digits each, microseconds), entry
Called by stores/redis.py, which says what marks are for.
Never     names a key that it was not given or could not make of what it was given: tags are read
          from the entry, so all of a prefix has to be on one primary, as it is without Cluster.
Source    Redis "Scripting with Lua".
"""

from typing import Final

_NOW: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
"""

GET: Final = (
    _NOW
    + """
local kept = redis.call('GET', KEYS[1])
local said = string.format('%.0f', now)
if not kept or string.byte(kept) ~= 1 then return {false, said} end
local count = struct.unpack('>I4', string.sub(kept, 34, 37))
local marks, first = {}, 38 + 16 * count
for i = 1, count do marks[i] = ARGV[1] .. string.sub(kept, 22 + 16 * i, 37 + 16 * i) end
if count > 0 then marks = redis.call('MGET', unpack(marks)) end
for i = 1, count do
  local at = first + 17 * (i - 1)
  if marks[i] ~= string.sub(kept, at, at + 16) then
    redis.call('DEL', KEYS[1])
    return {false, said}
  end
end
return {kept, said}
"""
)
"""KEYS: the entry's. ARGV: how marks' keys begin. Returns the entry or nil, and the time."""

KEEP: Final = (
    _NOW
    + """
local asked, left = tonumber(ARGV[4]), math.ceil((tonumber(ARGV[6]) - now) / 1000)
if left <= 0 then return 1 end
local count, marks = #KEYS - 1, {}
if count > 0 then marks = redis.call('MGET', unpack(KEYS, 2)) end
for i = 1, count do
  local mark = marks[i]
  if not mark then
    marks[i] = string.format('k%016.0f', now)
  elseif string.sub(mark, 1, 1) ~= 'k' then
    if tonumber(string.sub(mark, 2)) >= asked then return 0 end
    marks[i] = 'q' .. string.sub(mark, 2)
  end
end
for i = 1, count do
  local lives = math.max(left + 60000, redis.call('PTTL', KEYS[i + 1]))
  redis.call('SET', KEYS[i + 1], marks[i], 'PX', string.format('%.0f', lives))
end
local times = string.format('%016.0f%016.0f%016.0f',
  asked, tonumber(ARGV[5]), tonumber(ARGV[6]))
local kept = ARGV[1] .. struct.pack('>I4', count) .. ARGV[2] .. table.concat(marks) .. times
redis.call('SET', KEYS[1], kept .. ARGV[3], 'PX', string.format('%.0f', left))
return 1
"""
)
"""KEYS: the entry's, its marks'. ARGV: version and digest, tags, entry; when it was asked, is no
longer fresh, is gone. Returns 0 where a purge came between. However late it comes to be run, what
it says stays true: all times are Redis's own.
"""

PURGE: Final = (
    _NOW
    + """
local found = 0
for i = 1, #KEYS do
  local mark = redis.call('GET', KEYS[i])
  if mark and string.sub(mark, 1, 1) ~= 'p' then found = found + 1 end
  local lives = math.max(60000, redis.call('PTTL', KEYS[i]))
  redis.call('SET', KEYS[i], string.format('p%016.0f', now), 'PX', string.format('%.0f', lives))
end
return {found, string.format('%.0f', now)}
"""
)
"""KEYS: marks'. Returns how many of them something was kept under, and the time. A mark
lives a minute longer than what it was last put into, and longer than any question that is under
way.
"""
