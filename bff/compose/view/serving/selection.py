"""`?fields=title,reviews.author`: a client names the members that it wants, and gets no others.

Why       A phone that shows two members of a page should cost the services two members of it.
Called by endpoints.py (each view takes it), faces.py (a page asks for a part of itself).
Never     lets a name pass that the view does not have: it is a BadInput that says which.
Source    docs/spec/views.md, `?fields=` sparse selection; docs/spec/bad-input.md row 45.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from bff.compose.endpoint import Ask, Parameter
from bff.compose.inputs import Inputs, Value, given_once
from bff.compose.view.serving.pruning import Paths, paths_of
from bff.compose.view.serving.runner import Runner
from bff.terms.errors import BadInput

FIELDS = "fields"
"""The query parameter that every view has."""
MOST_PATHS = 100
"""So many members may one request name."""
FIELDS_PARAMETER = Parameter(
    name=FIELDS,
    where="query",
    required=False,
    schema={"type": "string"},
    description="Which members to answer, all others are left out: `title,reviews.author` is"
    " `title`, and `author` of each of `reviews`. What nobody wants is not asked for, either.",
)


class Question(NamedTuple):
    """One request for a view. `runner` knows the members that are wanted, and no others."""

    runner: Runner
    inputs: Mapping[str, Value]


class Selecting:
    """Reads what a client asks of one view."""

    def __init__(self, runner: Runner, inputs: Inputs) -> None:
        self.runner = runner
        self._inputs = inputs

    def __repr__(self) -> str:
        return f"<Selecting of {self.runner!r}>"

    def question(self, ask: Ask) -> Question:
        """Raises BadInput."""
        inputs = self._inputs.read(ask)
        paths = selected(ask.query)
        return Question(self.runner if paths is None else self.runner.selected(paths), inputs)

    def key(self, ask: Ask) -> Hashable:
        """Equal for requests that ask for the same. Raises BadInput, but for unknown members."""
        return tuple(self._inputs.read(ask).values()), selected(ask.query)


def selected(query: str) -> Paths | None:
    """The members that a raw query names; None: it names none, so all are wanted. Raises BadInput.

    >>> sorted(selected("days=3&fields=title,reviews.author"))
    [('reviews', 'author'), ('title',)]
    """
    if not query:
        return None
    text = given_once(query).get(FIELDS)
    if text is None:
        return None
    names = text.split(",", MOST_PATHS)
    if len(names) > MOST_PATHS or not all(one.strip() for one in names):
        raise BadInput.at(
            FIELDS,
            f"name 1 to {MOST_PATHS} members, separated by commas",
            reason="invalid-field-mask",
        )
    return paths_of(text)


def with_fields(query: str, names: Iterable[str]) -> str:
    """A raw query that names these members, and is otherwise as it was.

    >>> with_fields("days=3&fields=title", ["seller"])
    'days=3&fields=seller'
    """
    kept = [one for one in query.split("&") if one and not one.startswith(f"{FIELDS}=")]
    return "&".join((*kept, f"{FIELDS}={quote(','.join(names), safe=',')}"))
