"""What Prometheus sees, and that clients can't make it see more."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from bff.telemetry.metrics import Metrics
from bff.telemetry.series import Counts, Timings
from bff.terms.codes import Code
from bff.terms.events import (
    BreakerTurned,
    CacheAsked,
    CallFinished,
    CallRefused,
    CallRepeated,
    Crashed,
    KeysRefreshed,
    Lifecycle,
    RateLimited,
    ReplicaTurned,
    RequestFinished,
    StoreTurned,
    TokenMistimed,
)


def request(**changes: Any) -> RequestFinished:
    given_fields: dict[str, Any] = {
        "request_id": "r-1",
        "method": "GET",
        "route": "/v1/todos",
        "endpoint": "todos.list",
        "status": 200,
        "reason": "",
        "subject": "ada",
        "peer": "10.0.0.1",
        "elapsed_s": 0.02,
        "sent_bytes": 42,
        **changes,
    }
    return RequestFinished(**given_fields)


def call(code: Code = Code.OK) -> CallFinished:
    return CallFinished(
        service="todos.v1.TodoService", rpc="GetTodo", code=code, elapsed_s=0.3, request_id="r-1"
    )


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """(name, label value, ...) -> value, with the labels in order of their names."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {
        (sample.name, *(text for _, text in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_endpoint_method_and_status() -> None:
    metrics = Metrics()
    for status in (200, 200, 404):
        metrics.listen(request(status=status))
    found = samples(metrics)
    assert (2.0, 1.0) == (
        found["bff_requests_total", "todos.list", "GET", "200"],
        found["bff_requests_total", "todos.list", "GET", "404"],
    )


def test_requests_are_timed_by_endpoint() -> None:
    metrics = Metrics()
    metrics.listen(request(elapsed_s=0.02))
    metrics.listen(request(elapsed_s=0.2))
    found = samples(metrics)
    expected = [2.0, 0.22, 0.0, 1.0, 2.0]
    assert expected == [
        found["bff_request_seconds_count", "todos.list"],
        round(found["bff_request_seconds_sum", "todos.list"], 6),
        found["bff_request_seconds_bucket", "todos.list", "0.01"],
        found["bff_request_seconds_bucket", "todos.list", "0.025"],
        found["bff_request_seconds_bucket", "todos.list", "0.25"],
    ]


def test_rpcs_are_counted_by_code_and_timed() -> None:
    metrics = Metrics()
    metrics.listen(call())
    metrics.listen(call(Code.UNAVAILABLE))
    found = samples(metrics)
    rpc = ("GetTodo", "todos.v1.TodoService")
    assert (1.0, 1.0, 2.0) == (
        found["bff_rpc_total", "OK", *rpc],
        found["bff_rpc_total", "UNAVAILABLE", *rpc],
        found["bff_rpc_seconds_count", *rpc],
    )


def test_gaps_are_counted_one_by_one() -> None:
    metrics = Metrics()
    metrics.listen(request(gaps=2))
    metrics.listen(request(gaps=1))
    assert 3.0 == samples(metrics)["bff_gaps_total", "todos.list"]


def test_crashes_and_key_refreshes_are_counted() -> None:
    metrics = Metrics()
    metrics.listen(Crashed(request_id="r-1", where="edge", traceback="..."))
    metrics.listen(KeysRefreshed(issuer="idp", keys=2))
    metrics.listen(KeysRefreshed(issuer="idp", keys=2, error="down"))
    found = samples(metrics)
    assert (1.0, 1.0, 1.0) == (
        found["bff_crashes_total",],
        found["bff_keys_refresh_total", "idp", "ok"],
        found["bff_keys_refresh_total", "idp", "failed"],
    )


def test_replicas_are_counted_by_target_and_not_by_address() -> None:
    """Addresses come and go for ever; targets are those of the settings."""
    metrics = Metrics()
    for number in range(3):
        metrics.listen(ReplicaTurned("users:1", f"10.0.0.{number}:1", "ejected"))
    assert 3.0 == samples(metrics)["bff_replica_turns_total", "ejected", "users:1"]


def test_a_lost_store_is_counted_by_who_uses_it() -> None:
    metrics = Metrics()
    for state in ("lost", "found", "lost"):
        metrics.listen(StoreTurned("sessions", state))
    assert 2.0 == samples(metrics)["bff_store_turns_total", "lost", "sessions"]


def test_a_crash_counter_is_there_before_the_first_crash() -> None:
    """An alert on its rate needs the zero."""
    assert 0.0 == samples(Metrics())["bff_crashes_total",]


def test_a_change_of_state_counts_as_nothing() -> None:
    metrics = Metrics()
    before = set(samples(metrics))
    metrics.listen(Lifecycle(state="ready"))
    assert before == set(samples(metrics))


def test_ten_thousand_random_paths_and_methods_give_two_series() -> None:
    metrics = Metrics()
    for number in range(10_000):
        method = "GET" if number % 2 else f"X{number}"
        metrics.listen(request(method=method, route="", endpoint="", status=404))
    found = {
        key: value for key, value in samples(metrics).items() if key[0] == "bff_requests_total"
    }
    assert {
        ("bff_requests_total", "unmatched", "GET", "404"): 5_000.0,
        ("bff_requests_total", "unmatched", "other", "404"): 5_000.0,
    } == found


def test_tokens_at_wrong_times_are_counted_by_issuer_and_side() -> None:
    metrics = Metrics()
    for state in ("early", "early", "late"):
        metrics.listen(TokenMistimed(issuer="idp", state=state, off_s=300.0))
    found = samples(metrics)
    assert (2.0, 1.0) == tuple(
        found["bff_tokens_mistimed_total", "idp", state] for state in ("early", "late")
    )


def test_label_values_can_not_break_the_text_format() -> None:
    metrics = Metrics()
    metrics.listen(KeysRefreshed(issuer='a"b\\c\nd', keys=1))
    assert 1.0 == samples(metrics)["bff_keys_refresh_total", 'a"b\\c\nd', "ok"]


def test_past_its_bound_new_label_sets_share_one_series() -> None:
    counts = Counts("c", "help", "a", "b", most=2)
    timings = Timings("t", "help", "a", "b", ends_s=(1.0,), most=2)
    for number in range(10):
        counts.add(str(number), "x")
        timings.add(0.5, str(number), "x")
    assert {("0", "x"): 1.0, ("1", "x"): 1.0, ("other", "other"): 8.0} == totals(counts, "c_total")
    assert {("0", "x"): 1.0, ("1", "x"): 1.0, ("other", "other"): 8.0} == totals(timings, "t_count")
    assert "<Counts c: 3 of 2>" == repr(counts)


def totals(collector: Collector, name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in collector.collect()
        for sample in family.samples
        if sample.name == name
    }


def test_the_build_and_the_process_are_described() -> None:
    names = {key[0] for key in samples(Metrics())}
    found = [key for key in samples(Metrics(release="1.2.3")) if key[0] == "bff_build_info"]
    assert ("1.2.3", {"process_cpu_seconds_total", "process_resident_memory_bytes"}) == (
        found[0][2],
        names & {"process_cpu_seconds_total", "process_resident_memory_bytes"},
    )


def test_two_of_them_in_one_process_do_not_mix() -> None:
    one, two = Metrics(), Metrics()
    one.listen(request())
    counts = ["bff_requests_total" in {key[0] for key in samples(each)} for each in (one, two)]
    assert [True, False] == counts


def test_its_repr_says_how_many_series_it_keeps() -> None:
    metrics = Metrics()
    metrics.listen(request())
    assert (
        "<Metrics: requests <Counts bff_requests: 1 of 4096>, rpcs <Counts bff_rpc: 0 of 4096>>"
        == repr(metrics)
    )


def test_what_was_remembered_is_counted_apart_from_calls() -> None:
    metrics = Metrics()
    metrics.listen(CacheAsked("web.Page", "hit"))
    metrics.listen(CacheAsked("web.Page", "hit"))
    metrics.listen(CacheAsked("shop.catalog.v1.CatalogService/GetProduct", "miss"))
    found = samples(metrics)
    assert (2.0, 1.0, False) == (
        found["bff_cache_total", "hit", "web.Page"],
        found["bff_cache_total", "miss", "shop.catalog.v1.CatalogService/GetProduct"],
        any(name == "bff_rpc_total" for name, *_ in found),
    )


def test_refusals_by_a_quota_are_counted() -> None:
    metrics = Metrics()
    metrics.listen(RateLimited("address", "web_home"))
    assert 1.0 == samples(metrics)["bff_rate_limited_total", "web_home", "address"]


def test_what_policies_do_is_counted_by_method() -> None:
    metrics = Metrics()
    metrics.listen(CallRepeated("a.B", "C", "retry"))
    metrics.listen(CallRefused("a.B", "C", "breaker"))
    metrics.listen(BreakerTurned("a.B", "C", "open"))
    found = samples(metrics)
    assert [1.0, 1.0, 1.0] == [
        found["bff_rpc_repeats_total", "C", "a.B", "retry"],
        found["bff_rpc_refused_total", "C", "a.B", "breaker"],
        found["bff_breaker_turns_total", "C", "a.B", "open"],
    ]
