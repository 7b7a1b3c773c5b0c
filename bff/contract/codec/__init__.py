"""Protobuf messages to proto3 JSON and back: the heart of every endpoint.

Why       json_format costs four times as much, reads much that it should refuse ("1_000" for an
          int, "!!!" for bytes, `[]` for a message), and lists a message's fields to whoever
          misspells one.
How       One plan per message type and JsonOptions, compiled when first needed, kept by its Codec.
          Writing: a generated Python function per type turns a message into dicts and lists, and
          orjson writes them (writer_source, writers). Reading: json_text gives strict values, and
          a table of setters per type puts them into the message (members, read_fields, readers).
Called by contract/request, compose, edge. Import `Codec`; the rest is its inside, but for
          `scalars`, whose text readers the request's paths and queries use, and `enums`, which
          schema publishes.
Never     knows HTTP, and never holds a value between two requests.
Source    docs/spec/transcoding.md 1.5 (PJ1-PJ20); the official suite (tests/conformance).

Two engines
    native  C, made by setup.py where there is a compiler: native/*.c walk wire bytes straight into
            JSON bytes, with no message object in between, over tables that native_plan makes of
            descriptors and JsonOptions. It answers with the pure engine's very bytes or declines.
    pure    What the modules here say: the meaning of everything, and the only one that refuses.
    native_engine picks one for the process (BFF_CODEC); codec.Codec asks it and falls back.
"""

from bff.contract.codec.codec import Codec

__all__ = ["Codec"]
