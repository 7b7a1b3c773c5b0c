"""`string.pattern`: a regular expression written for RE2, read by Python's engine.

Why       RE2 never backtracks, Python's engine does: one hostile text could hold a worker for good.
Called by text.py.
Never     runs a pattern whose loops are nested so that a text can be cut in many ways, or one that
          the two engines read differently: that is left to the service, and told at boot. A text
          that is too long for the number of a pattern's loops is left to the service as well.
Source    github.com/google/re2/wiki/Syntax; docs of Python's `re`.
"""

import re
from collections.abc import Callable
from types import MappingProxyType

_MOST_STEPS = 20_000_000
"""What one text may cost, as (its length) ** (loops that may share it): a fraction of a second."""
_TOKEN = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?:|\?P<\w+>)?)(?!\?)|(?P<close>\))|(?P<either>\|)"
    r"|(?P<times>[*+?]\??|\{(?P<least>\d+)(?P<span>,(?P<most>\d*))?\}\??)"
    r"|(?P<plain>[^(\[\\])",
    re.DOTALL,
)
_ENDS = MappingProxyType({"$": r"\Z", r"\z": r"\Z"})  # Python's `$` passes over a last newline
_FLAGS = MappingProxyType({"(?i)": re.IGNORECASE, "(?s)": re.DOTALL})
_ALIKE = frozenset("AbBdDsSwWzfnrtv") | frozenset("\\.+*?()[]{}^$|-/@#%&~!\"'`:;,<>=_ ")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds a match. Raises ValueError for a pattern that is not to be run.

    >>> matcher("^[a-z]+(-[a-z]+)*$")("a-b\\n")
    False
    """
    flags = re.ASCII
    for sign, flag in _FLAGS.items():
        if pattern.startswith(sign):
            pattern, flags = pattern.removeprefix(sign), flags | flag
    translated, loops = _translated(pattern)
    try:
        compiled = re.compile(translated, flags)
    except re.error as wrong:
        raise ValueError(str(wrong)) from None
    starts = 0 if pattern.startswith(("^", r"\A")) else 1
    longest = int(_MOST_STEPS ** (1 / max(1, loops + starts)))
    return lambda text: len(text) > longest or compiled.search(text) is not None


class _Group:
    """What is between two parentheses: its tokens, and the atoms that may be there a varying number
    of times.
    """

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.loops: list[str] = []
        self.wild = False

    def __repr__(self) -> str:
        return f"<_Group of {self.tokens}>"

    def may_repeat(self) -> bool:
        """Whether a text can be cut into repetitions of it in one way only: at a character that
        opens or closes each, and that its one loop never takes.
        """
        if self.wild or len(self.loops) > 1:
            return False
        if not self.loops:
            return True
        return any(_is_apart(token, self.loops[0]) for token in (self.tokens[0], self.tokens[-1]))


def _translated(pattern: str) -> tuple[str, int]:
    """The pattern in Python's words, and how many loops it has."""
    stack, output, loops, position = [_Group()], [], 0, 0
    inner: _Group | None = None  # the group that was closed just before
    while position < len(pattern):
        found = _TOKEN.match(pattern, position)
        if found is None:
            raise ValueError("this syntax has another meaning, or none, in the other engine")
        position, token, kind = found.end(), found[0], str(found.lastgroup)
        _check_alike(token, kind)
        output.append(_ENDS.get(token, token))
        group = stack[-1]
        if kind == "open":
            stack.append(_Group())
        elif kind == "close":
            if len(stack) == 1:
                raise ValueError("unbalanced")
            inner = stack.pop()
            stack[-1].tokens.append("()")
            stack[-1].wild |= inner.wild
            stack[-1].loops += inner.loops
            continue
        elif kind == "either":
            group.wild = True
        elif found["times"]:
            loops += _repeat(group, inner, found)
        else:
            group.tokens.append(token)
        inner = None
    return "".join(output), loops


def _repeat(group: _Group, inner: _Group | None, found: re.Match[str]) -> int:
    """Note a quantifier; returns how many loops it makes. Raises ValueError for a bad nesting."""
    sign = found["times"]
    optional = sign.startswith("?")
    if inner is not None and not optional and not inner.may_repeat():
        raise ValueError("loops within a loop")
    if found["least"] and not found["span"]:
        return 0  # an exact count is no choice
    if not group.tokens:
        raise ValueError("nothing to repeat")
    group.loops.append(group.tokens[-1])
    group.tokens[-1] = "()"  # what may be missing opens and closes nothing
    return 0 if optional else 1


def _is_apart(token: str, loop: str) -> bool:
    """Whether the token is one character, which the atom of a loop does not match."""
    character = token.removeprefix("\\")
    if len(character) != 1 or character.isalnum() or token in (".", "^", "$") or loop == "()":
        return False
    return re.fullmatch(loop, character) is None


def _check_alike(token: str, kind: str) -> None:
    if token.startswith("{") and kind == "plain":
        raise ValueError("a brace that counts nothing has another meaning in the other engine")
    if kind == "set" and ("[:" in token or any(two in token for two in ("--", "&&", "||", "~~"))):
        raise ValueError("this set has another meaning in the other engine")
    escapes = re.findall(r"\\(.)", token, re.DOTALL)
    if any(one not in _ALIKE for one in escapes):
        raise ValueError("this escape has another meaning in the other engine")
