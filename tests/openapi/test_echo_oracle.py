"""Everything that a proto can say, there and back, by the document alone (OA3, OA4, OA7).

The service answers its request, so a body that came back as another message is a fault of ours.
"""

import json
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from hypothesis import HealthCheck, Phase, given, settings

from tests.openapi.asked import Asked, operations_of, requests_for
from tests.openapi.documents import echo_document
from tests.openapi.echo import SERVICE, catalog
from tests.openapi.held import Held, refused_by_us
from tests.openapi.served import Served
from tests.openapi.test_demo_oracle import EXAMPLES, sent

OPERATIONS = operations_of(echo_document())
WHOLE = f"{SERVICE}/Whole"


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", [str(one) for one in OPERATIONS])
def test_every_answer_is_as_the_document_says_oa3_oa4_oa7(echo: Served, name: str) -> None:
    operation = next(one for one in operations_of(echo.document) if str(one) == name)
    held, statuses = Held(echo.document), set[str]()
    # protobuf's own reader, which is to judge, knows no short enums
    comparable = operation.path == "/v1/whole" and echo.bff.settings.json.enums != "short"

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(asked=requests_for(operation, echo.document))
    def ask(asked: Asked) -> None:
        answer = sent(echo, asked, streams=False)
        assert [] == held.violations(operation, answer)
        assert "" == refused_by_us(answer)
        statuses.add(str(answer.status_code))
        if asked.body and comparable and "protobuf" not in asked.headers["accept"]:
            assert _read(asked.value) == _read(answer.json())

    ask()
    assert [] == echo.crashes
    assert set(operation.successes) <= statuses


def _read(value: Any) -> Message:
    """As protobuf's own JSON reader has it."""
    return json_format.Parse(
        json.dumps(value), catalog().methods[WHOLE].request(), descriptor_pool=catalog().pool
    )
