"""What the demo's services get of a request: who asks, by the settings as they are shipped."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_hm2_authorization_is_forwarded_by_default(demo):
    bearer = demo.bearer("ada")
    assert 200 == (await demo.public.get("/v1/todos/t-1", headers=bearer)).status_code

    assert bearer["authorization"] == dict(demo.services.record.calls[0].metadata)["authorization"]


async def test_ht13_logs_and_metrics_know_the_template_and_never_the_path(demo):
    """10,000 paths are one series (threats: cardinality)."""
    from bff.telemetry.log import line_of

    await demo.get("/v1/todos/t-1?secret=1")
    await demo.get("/no/such/t-1?secret=1")
    lines = b"".join(line_of(one, at_s=0.0) for one in demo.events).decode()
    metrics = (await demo.admin.get("/metrics")).text

    assert "/v1/todos/{todo_id}" in lines
    assert 'endpoint="TodoService_GetTodo"' in metrics
    for text in (lines, metrics):
        assert not any(raw in text for raw in ("t-1?", "/v1/todos/t-1", "/no/such", "secret"))
