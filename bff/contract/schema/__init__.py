"""JSON Schema of what goes over the REST side of the wire, made from proto descriptors.

Why       A client generator, a test and a reader must see exactly the JSON that `contract/codec`
          writes and reads.
Called by compose (gives each endpoint its schemas), publish (prints them), catalog.py
          (Described).
Never     shows a sensitive field, and never names a component by the order in which it was asked
          for.
Source    JSON Schema 2020-12 as OpenAPI 3.1 uses it; protobuf.dev "ProtoJSON format"; AIP-203;
          docs/spec/transcoding.md OA3, OA4, PJ1 to PJ20.

In        described.py  what the proto says about a field besides its type
          scalars.py, well_known.py, enums.py  the leaves
          messages.py   objects: properties, presence, oneofs
          variants.py   which types look different in requests and in answers
          schemas.py    the door: Schemas
"""

from bff.contract.schema.described import Describable, Describe, Described, Schema
from bff.contract.schema.schemas import Schemas

__all__ = ["Describable", "Describe", "Described", "Schema", "Schemas"]
