"""One thing that is fuzzed: inputs of a certain kind, and what must hold for any of them.

Called by the aim_* modules (each makes one), hunting.py and test_aims.py (run them).
Never     lets a check pass in silence: it says what became of the input, and so the corpus can be
          held to reach all that there is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
MOST_BYTES = 4_096

Inputs = st.SearchStrategy[bytes]


@dataclass(frozen=True, slots=True)
class Aim:
    """`check` raises AssertionError where a promise is broken, or says in a word or two what became
    of the input.

    inputs  made with the grammar in mind; mutations of the corpus are added by who runs it
    """

    name: str
    inputs: Inputs
    check: Callable[[bytes], str]

    @property
    def folder(self) -> Path:
        return CORPUS / self.name

    def corpus(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.glob("*"))]

    def wild(self) -> Inputs:
        """Made inputs, and those of the corpus with some of their bytes changed."""
        known = self.corpus()
        if not known:
            return self.inputs
        one = st.sampled_from(known)
        changed = st.builds(spliced, one, one, st.randoms(use_true_random=False))
        return st.one_of(self.inputs, changed)


def file_name(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def spliced(data: bytes, other: bytes, random: Random) -> bytes:
    """A few changes to the bytes of one input, some of them taken from another."""
    found = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(found))
        end = min(len(found), at + random.randint(0, 16))
        found[at:end] = _piece(found, other, random)
    return bytes(found[:MOST_BYTES])


def _piece(data: Sequence[int], other: bytes, random: Random) -> bytes:
    match random.randrange(5):
        case 0:
            return b""
        case 1:
            return random.randbytes(random.randint(1, 4))
        case 2:
            return bytes([random.choice(b"\r\n\0\t :;,/%=&?#\"'{}[]\x7f\x80\xff09aA")])
        case 3:
            start = random.randint(0, len(other))
            return other[start : start + random.randint(1, 32)]
        case _:
            start = random.randint(0, len(data))
            return bytes(data[start : start + random.randint(1, 32)])
