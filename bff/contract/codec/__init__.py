"""Protobuf messages to proto3 JSON and back: the heart of every endpoint.

Why       json_format costs four times as much, reads much that it should refuse ("1_000" for an
          int, "!!!" for bytes, `[]` for a message), and lists a message's fields to whoever
          misspells one.
How       One plan per message type and JsonOptions, compiled when first needed, kept by its Codec.
          Writing: a generated Python function per type turns a message into dicts and lists, and
          orjson writes them (writer_source, writers). Reading: json_text gives strict values, and
          a table of setters per type puts them into the message (members, read_fields, readers).
Called by contract/bind, compose, edge. Import `Codec`; the rest is its inside, but `scalars`, whose
          text readers bind uses for paths and queries, and `enums`, which schema publishes.
Never     knows HTTP, and never holds a value between two requests.
Source    docs/spec/transcoding.md 1.5 (PJ1-PJ20); the official suite (tests/conformance).

Another engine (later)
    A native engine walks wire bytes straight into JSON bytes and back, with no message object in
    between. It fits behind the same Codec, since a table per (descriptor, JsonOptions) serves each
    of its doors:

    wire_to_json(class, wire, path)  The hot path: the walker takes (table of class.DESCRIPTOR,
                                     wire, path); `path` picks the entry of the table to start at.
    write(message, path)             wire_to_json(type(message), message.SerializeToString(), path),
                                     or this engine: who holds a message has paid for it already.
    fill(message, value, at)         Stays: it starts from values that bind shares with path and
                                     query. The one new door is fill_bytes(message, body, at), which
                                     parses, walks and merges in one pass, with fill as its meaning.

    The table holds what the plans here hold: per field number the member's name, kind and presence,
    and per name its number, rivals and whether null is a value. The differential tests
    (tests/contract/codec) and the conformance testee take a Codec, so both engines answer to the
    same examples. What a table can't say (Any, extensions, a refusal's pointer) may fall back to
    this engine: an error is never hot.
"""

from bff.contract.codec.codec import Codec

__all__ = ["Codec"]
