"""The knobs of JSON: how messages are written, how strictly JSON is read, and how much of it.

Called by settings (fills them), codec, json_text, bind and schema (obey them).
Never     changes after boot: a plan is compiled once per JsonOptions.
Source    docs/spec/transcoding.md, settings at its top, PJ1-PJ20 and the last line of 1.12;
          docs/spec/bad-input.md rows 52-82.
"""

from dataclasses import dataclass, fields, replace
from typing import Literal

from bff.terms.mistakes import ContractMistake

SHOWN_DETAILS = tuple(
    f"google.rpc.{name}"
    for name in (
        "BadRequest",
        "ErrorInfo",
        "Help",
        "LocalizedMessage",
        "PreconditionFailure",
        "QuotaFailure",
        "RequestInfo",
        "ResourceInfo",
        "RetryInfo",
    )
)
NEVER_SHOWN = "google.rpc.DebugInfo"
"""A stack trace is for the log of the service that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonOptions:
    """The defaults are strict in what is read and complete in what is written.

    unknown_fields  "ignore" skips JSON members and enum names that the message does not know (PJ17)
    json_names      how field names are written; both spellings are always read (PJ7)
    defaults        "emit" writes scalars, enums, lists and maps without presence always (PJ8)
    int64           "number" writes 64-bit integers as numbers: browsers round above 2^53 (PJ1)
    enums           "short" strips the enum's own prefix: COLOR_RED of enum Color is RED (PJ20)
    nonfinite       read "NaN", "Infinity", "-Infinity" for floats (PJ3); always written
    any             read google.protobuf.Any (PJ15); always written
    nul             read U+0000 inside strings (row 72)
    open_enums      read numbers that an open enum does not name (PJ5)
    enum_case       "any" reads enum names in any case (QP5)
    exponents       read integers that stand in a string with an exponent, "1e3" (row 67)
    errors          failures as RFC 9457 problems, or as google.rpc.Status (ER1)
    error_details   full names of the messages that a failure may show; "*" for all but DebugInfo
    omit_sensitive  full names of fields that are never written, and unknown when read
    omit_written    full names of fields that are read and never written (AIP-203 INPUT_ONLY)
    """

    unknown_fields: Literal["reject", "ignore"] = "reject"
    json_names: Literal["camel", "proto"] = "camel"
    defaults: Literal["emit", "omit"] = "emit"
    int64: Literal["string", "number"] = "string"
    enums: Literal["name", "number", "short"] = "name"
    nonfinite: bool = True
    any: bool = True
    nul: bool = False
    open_enums: bool = True
    exponents: bool = False
    enum_case: Literal["exact", "any"] = "exact"
    errors: Literal["problem", "status"] = "problem"
    error_details: tuple[str, ...] = SHOWN_DETAILS
    omit_sensitive: frozenset[str] = frozenset()
    omit_written: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Raises ContractMistake where DebugInfo is to be shown."""
        if NEVER_SHOWN in self.error_details:
            what = f"{NEVER_SHOWN} is never shown to clients: take it away"
            raise ContractMistake(what, where="json.error_details")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonChoices:
    """What one route, or the routes of one client, do otherwise; None: as everywhere."""

    unknown_fields: Literal["reject", "ignore"] | None = None
    json_names: Literal["camel", "proto"] | None = None
    defaults: Literal["emit", "omit"] | None = None
    int64: Literal["string", "number"] | None = None
    enums: Literal["name", "number", "short"] | None = None
    errors: Literal["problem", "status"] | None = None

    def over(self, options: JsonOptions) -> JsonOptions:
        """The options with these choices in their place.

        >>> JsonChoices(errors="status").over(JsonOptions()).errors
        'status'
        """
        made = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(options, **{name: one for name, one in made.items() if one is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLimits:
    """What one JSON document may cost.

    body_bytes  size of the text
    depth       objects and arrays inside each other; `{}` has depth 1
    nodes       values of any kind, member names not counted
    inflate     whether bodies may come in gzip; the other limits hold for what is in it

    And what one request may, beside its document:
    query_parameters  how many
    multipart_parts   how many a form may have that uploads a file; 0 refuses forms (HB5)
    """

    body_bytes: int = 262_144
    depth: int = 100
    nodes: int = 20_000
    inflate: bool = False
    query_parameters: int = 100
    multipart_parts: int = 0
