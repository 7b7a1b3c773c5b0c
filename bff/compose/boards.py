"""Serve a screen of parts: one tick asks for all of them, and their JSON is put side by side.

Why       The answer's members are JSON already when they come out of the pipeline: what is left to
          do is to join bytes.
Called by app at boot, with every Board that was found.
Never     speaks of a mistake without the declaration's place; never stops at the first one.
Source    docs/spec/views.md "Semantics".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from bff.calls.call import Calls
from bff.compose.asking import ERRORS, Asking
from bff.compose.board_parts import Checked, PartReader
from bff.compose.endpoint import Endpoint, Schema
from bff.compose.gaps import missing_schema
from bff.compose.inputs import Input, listed_inputs, parameter_of
from bff.compose.parts import Board
from bff.compose.questions import questions_of
from bff.compose.screen_endpoint import screen_endpoint
from bff.contract.catalog import Catalog
from bff.contract.codec.native_engine import ENGINE, Engine
from bff.contract.json_options import JsonOptions
from bff.contract.path_template import PathTemplate
from bff.terms.mistakes import ContractMistake, ContractMistakes

NULL = b"null"


class Boards:
    """Makes endpoints of boards.

    hidden  full names of fields that no answer may carry, beside those that the protos mark
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        calls: Calls,
        hidden: frozenset[str] = frozenset(),
        engine: Engine = ENGINE,
    ) -> None:
        self._catalog = catalog
        self._calls = calls
        self._engine = engine
        self._options = JsonOptions(
            omit_sensitive=catalog.sensitive_fields | hidden,
            omit_written=catalog.input_only_fields,
        )

    def __repr__(self) -> str:
        return f"<Boards of {self._catalog!r}>"

    def endpoints(self, boards: Iterable[Board]) -> tuple[Endpoint, ...]:
        """One for each. Raises ContractMistakes with those of all boards."""
        mistakes: list[ContractMistake] = []
        found: list[Endpoint] = []
        for board in boards:
            own: list[ContractMistake] = []
            endpoint = self._endpoint(board, own)
            if endpoint is not None and not own:
                found.append(endpoint)
            mistakes += (_placed(one, board) for one in own)
        if mistakes:
            raise ContractMistakes.of(mistakes)
        return tuple(found)

    def _endpoint(self, board: Board, mistakes: list[ContractMistake]) -> Endpoint | None:
        """None where there are mistakes."""
        try:
            template = PathTemplate.parse(board.get)
            inputs = listed_inputs(board.inputs, template)
        except ContractMistake as mistake:
            mistakes.append(mistake)
            return None
        options = board.json.over(self._options)
        reader = PartReader(self._catalog, options, inputs=inputs, engine=self._engine)
        checked = reader.checked(board, mistakes)
        if mistakes:
            return None
        try:
            questions = questions_of(board.parts, [one.write for one in checked])
            asking = Asking(_frame(board), inputs, questions, self._calls)
            outside = _outside(board, template, inputs, asking)
        except ContractMistake as mistake:
            mistakes.append(mistake)
            return None
        answer, components = _answer(board, checked)
        return replace(outside, answer=answer, components={**reader.components, **components})


def _placed(mistake: ContractMistake, board: Board) -> ContractMistake:
    """The mistake with the board's place; a field or template that it speaks of moves into it."""
    what = f"{mistake.where}: {mistake.what}" if mistake.where else mistake.what
    return ContractMistake(f"{board.name}: {what}", where=board.declared_at)


def _frame(board: Board) -> tuple[bytes, ...]:
    """The answer with null in every part's place: the part of number n stands at 2n + 1."""
    pieces: list[bytes] = []
    for part in board.parts:
        pieces += (b",%b:" % orjson.dumps(part.name), NULL)
    return (b"{" + pieces[0][1:], *pieces[1:], b"}")


def _outside(
    board: Board, template: PathTemplate, inputs: tuple[Input, ...], asking: Asking
) -> Endpoint:
    """All but what the answer looks like."""
    found = screen_endpoint(
        name=board.name.replace(".", "_"),
        template=template,
        client=board.client,
        access=board.access,
        deadline_s=board.deadline_s,
        about=board.about.strip(),
        declared_at=board.declared_at,
        parameters=tuple(parameter_of(one) for one in inputs),
        calls=tuple(sorted({part.rpc.name for part in board.parts})),
        run=asking.run,
    )
    return replace(found, short=asking.short)


def _answer(board: Board, checked: Sequence[Checked]) -> tuple[Schema, Mapping[str, Schema]]:
    """Schema and components of the whole answer."""
    properties: dict[str, Schema] = {one.name: one.schema for one in checked}
    required = list(properties)
    components: dict[str, Schema] = {}
    if any(part.soft for part in board.parts):
        missing, components = missing_schema(board.client)
        properties[ERRORS] = {"type": "array", "items": missing, "description": "What failed."}
    whole = {"type": "object", "properties": properties, "required": required}
    return {"$ref": f"#/components/schemas/{board.name}"}, {**components, board.name: whole}
