"""The pairs of a query into the request.

Why       Presence, ranges, enums and times are JSON's business; a parameter is one JSON value,
          spelled as text.
Called by bind.py.
Never     drops a parameter in silence, unless the operator said so.
Source    docs/spec/transcoding.md QP2-QP25, BD1; docs/spec/bad-input.md rows 39-44.
"""

from collections.abc import Sequence
from typing import Any

from bff.contract.request.query_names import QueryNames, shortened
from bff.contract.request.text_value import Unfit
from bff.terms.errors import BadInput


class QueryReader:
    """Reads the query of one binding.

    lenient             unknown parameters are dropped
    ignored             these are dropped, where no field has the name: "key", or "utm_*"
    everything_in_body  there are no parameters (BD1)
    """

    def __init__(
        self,
        names: QueryNames,
        *,
        lenient: bool,
        ignored: frozenset[str],
        everything_in_body: bool,
    ) -> None:
        self._names = names
        self._lenient = lenient
        self._ignored = frozenset(name for name in ignored if not name.endswith("*"))
        self._ignored_starts = tuple(name[:-1] for name in ignored if name.endswith("*"))
        self._everything_in_body = everything_in_body

    def __repr__(self) -> str:
        return f"<QueryReader of {self._names}>"

    def read(self, message: Any, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Set what the pairs name; returns each field's dotted path, and the parameter that set it.

        Raises BadInput: unknown-parameter, duplicate-parameter, oneof-conflict, invalid-field,
        invalid-field-mask
        """
        given: dict[str, str] = {}
        find = self._names.find
        for name, text in pairs:
            one = None if self._everything_in_body else find(name)
            if one is None:
                self._check_ignored(name)
                continue
            if one.place in given and not one.is_many:
                raise BadInput.at(
                    shortened(name), "send this parameter once", reason="duplicate-parameter"
                )
            given[one.place] = name
            try:
                one.put(message, text)
            except Unfit as unfit:
                raise BadInput.at(shortened(name), str(unfit), reason=unfit.reason) from None
            except ValueError as wrong:
                raise BadInput.at(shortened(name), str(wrong)) from None
        return given

    def _check_ignored(self, name: str) -> None:
        if self._lenient or name in self._ignored or name.startswith(self._ignored_starts):
            return
        what = "there is no such query parameter"
        if self._everything_in_body:
            what = "send this in the body: the request takes no query parameters"
        raise BadInput.at(shortened(name), what, reason="unknown-parameter")
