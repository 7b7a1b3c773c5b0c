"""A shelf of messages that never change: get one, get many, list page by page.

Why       Fourteen services differ in their data, not in how they look things up.
Called by every service file but todos.py, whose data change.
Never     copies a message: what is returned is only ever serialised.
Source    AIP-131 (Get), AIP-132 (List), AIP-231 (BatchGet).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from google.protobuf.message import Message

from fake_services.paging import PagedRequest, page_size, page_start, page_token
from fake_services.refusal import invalid, not_found, required

MAX_BATCH = 100
M = TypeVar("M", bound=Message)


class Shelf(Generic[M]):
    """Messages by id, and in order.

    id_field  the message's id field, such as `user_id`; errors name it too
    group_by  the field to list by, such as `owner_id`; without it there is one list only
    """

    def __init__(self, id_field: str, items: Iterable[M], *, group_by: str = "") -> None:
        self.id_field = id_field
        self.kind = id_field.removesuffix("_id").replace("_", " ")
        self.everything = list(items)
        self._by_id = {str(getattr(item, id_field)): item for item in self.everything}
        self._groups: dict[str, list[M]] = {}
        for item in self.everything if group_by else ():
            self._groups.setdefault(str(getattr(item, group_by)), []).append(item)

    def __repr__(self) -> str:
        return f"<Shelf of {len(self.everything)} by {self.id_field}>"

    def get(self, wanted: str, *, field: str = "") -> M:
        """One message.  Raises Refusal: INVALID_ARGUMENT for no id, NOT_FOUND for an unknown."""
        found = self._by_id.get(required(field or self.id_field, wanted))
        if found is None:
            raise not_found(self.kind, wanted)
        return found

    def batch(self, wanted: Sequence[str], *, field: str) -> list[M]:
        """Many messages in the order of their ids; unknown ids are left out."""
        check_batch(wanted, field=field)
        return [self._by_id[key] for key in wanted if key in self._by_id]

    def group(self, key: str) -> list[M]:
        """All messages of one group, in order; [] for an unknown group."""
        return self._groups.get(key, [])

    def page(
        self, request: PagedRequest, *, group: str = "", keep: Callable[[M], bool] | None = None
    ) -> tuple[list[M], str]:
        """One page and the token of the next one ("" on the last page).

        group  the group to list; "" for everything
        keep   a further filter, which must follow from `request` alone
        """
        items = self.group(group) if group else self.everything
        kept = items if keep is None else [item for item in items if keep(item)]
        scope = f"{self.id_field} {group} {len(kept)}"
        start, size = page_start(request, scope), page_size(request)
        more = start + size < len(kept)
        return kept[start : start + size], page_token(start + size, scope) if more else ""


def check_batch(wanted: Sequence[str], *, field: str) -> None:
    """Raises Refusal (INVALID_ARGUMENT) unless there is at least one id and at most 100."""
    if not wanted:
        raise invalid(field, "must name at least one")
    if len(wanted) > MAX_BATCH:
        raise invalid(field, f"must name {MAX_BATCH} at most")
