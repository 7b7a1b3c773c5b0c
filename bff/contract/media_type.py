"""May a body of this Content-Type be read as JSON?

Called by contract/body.py.
Source    RFC 9110 section 8.3; docs/spec/transcoding.md HT5; docs/spec/bad-input.md rows 48, 50.
"""

import re

from bff.terms.errors import BadInput

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE).fullmatch
_UTF8 = ("", "utf-8", "utf8")


def check_json(content_type: str) -> None:
    """Raises BadInput for a body that says it is not JSON in UTF-8. No type at all counts as JSON
    (HT5).
    """
    if not content_type or content_type == "application/json":
        return
    kind, _, parameters = content_type.partition(";")
    if not _JSON(kind.strip()) or _charset(parameters) not in _UTF8:
        raise BadInput(
            "Send the body as application/json in UTF-8.", reason="unsupported-media-type"
        )


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
