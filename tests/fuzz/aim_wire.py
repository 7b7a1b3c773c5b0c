"""Wire bytes and JSON, to both engines of the codec.

Promise   The native engine declines, or answers as the pure one does (differential.py).
Called by aims.py. The C loop of `make fuzz` is the same question, asked a thousand times faster and
          under sanitizers; this one knows the grammar, and shrinks what it finds.
"""

from functools import cache
from random import Random

from hypothesis import strategies as st

from bff.contract.codec.native_engine import chosen
from tests.contract.codec.wires import FIXED32, FIXED64, block, group, number, tag
from tests.fuzz import differential
from tests.fuzz.aim import Aim
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import READ, WRITE, asked, question, targets

_LONG_BYTES = 24


def check(data: bytes) -> str:
    """An input is a question of targets.py."""
    if not data:
        return "nothing"
    if chosen("auto").native is None:
        return "no native engine"
    found = differential.disagreement(data)
    assert found is None, str(found)
    way, target, rest = asked(data)
    size = "long" if len(rest) > _LONG_BYTES else "short"
    return f"way {way} of {target.kind.DESCRIPTOR.full_name}, {size}"


_PLACES = st.one_of(st.integers(1, 26), st.sampled_from([100, 101, 102, 1_000, 2**29 - 1]))
_NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 127, 128, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63]),
    st.integers(-(2**63), 2**64 - 1),
)
_BYTES = st.one_of(st.binary(max_size=12), st.text(max_size=6).map(str.encode))


def _fields(inside: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    one = st.one_of(
        st.builds(lambda at, it, n: number(at, it, least_bytes=n), _PLACES, _NUMBERS, _LENGTHS),
        st.builds(block, _PLACES, inside),
        st.builds(lambda at, it: tag(at, FIXED64) + it, _PLACES, st.binary(min_size=8, max_size=8)),
        st.builds(lambda at, it: tag(at, FIXED32) + it, _PLACES, st.binary(min_size=4, max_size=4)),
        st.builds(group, _PLACES, inside),
    )
    return st.lists(one, max_size=5).map(b"".join)


_LENGTHS = st.sampled_from([1, 1, 1, 3, 10])
_WIRES = st.recursive(_BYTES, _fields, max_leaves=12)


@st.composite
def _inputs(draw: st.DrawFn) -> bytes:
    if draw(st.booleans()):
        return question(WRITE, draw(st.integers(0, len(targets()) - 1)), draw(_WIRES))
    known = _known()
    given, other = (known[draw(st.integers(0, len(known) - 1))] for _ in range(2))
    random: Random = draw(st.randoms(use_true_random=False))
    return mutated(given, other, random=random)


@cache
def _known() -> tuple[bytes, ...]:
    return tuple(one for one in seeds() if one[0] & 3 in (READ, WRITE))


WIRE = Aim("wire", _inputs(), check)
