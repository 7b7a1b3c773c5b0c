"""A request's body in OpenAPI: every media type that it may come in.

Called by publish/operation.py.
Never     lists a type that the route would answer with a 415.
Source    OpenAPI 3.1 "Request Body Object", "Media Type Object"; docs/spec/transcoding.md HT5, HT6,
          HB1, HB5.
"""

from bff.compose.endpoint import Endpoint, Schema
from bff.publish.responses import BYTES, JSON, content, is_raw
from bff.publish.streams import upload_content

_FORM = "multipart/form-data"


def body_content(endpoint: Endpoint, body: Schema) -> Schema:
    """The content of the body, by media type."""
    if endpoint.takes_pieces:
        return upload_content(body)
    if not is_raw(body):
        return {kind: {"schema": body if kind == JSON else BYTES} for kind in endpoint.takes}
    return {**content(body), **_form(endpoint)}


def _form(endpoint: Endpoint) -> Schema:
    """The file, and beside it what the query may say, too."""
    if not endpoint.form_file:
        return {}
    texts = {one.name: one.schema for one in endpoint.parameters if one.where == "query"}
    schema: Schema = {
        "type": "object",
        "properties": {endpoint.form_file: BYTES, **texts},
        "required": [endpoint.form_file],
    }
    return {_FORM: {"schema": schema}}
