"""What deploy/ says must be true of the BFF that it deploys: names, ports, times, pins."""

import re
import tomllib
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bff.settings import Settings, load

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SECRET = {
    "BFF_STORE_URL_FILE": "redis://valkey:6379/0",
    "BFF_LOGIN_CLIENT_SECRET_FILE": "made-up",
    "BFF_SESSIONS_KEYS_FILE": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "BFF_CURSORS_KEYS_FILE": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((KUBERNETES / name).read_text(encoding="utf-8")))


KUSTOMIZATION = documents("kustomization.yaml")[0]
ALL = [one for name in KUSTOMIZATION["resources"] for one in documents(name)]
WORKLOADS = [one for one in ALL if one["kind"] in ("Deployment", "StatefulSet")]
PODS = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in WORKLOADS}
[BFF] = PODS["bff"]["containers"]
[ENVOY] = documents("envoy.yaml")
[CLUSTER] = ENVOY["static_resources"]["clusters"]
[LISTENER] = ENVOY["static_resources"]["listeners"]
MANAGER = LISTENER["filter_chains"][0]["filters"][0]["typed_config"]
ROUTE = MANAGER["route_config"]["virtual_hosts"][0]["routes"][0]["route"]


def settings(tmp_path: Path) -> Settings:
    """As a pod reads them."""
    environment = {}
    for one in BFF["env"]:
        file = tmp_path / one["name"]
        file.write_text(SECRET[one["name"]], encoding="utf-8")
        environment[one["name"]] = str(file)
    return load(KUBERNETES / "bff.toml", environment=environment)


def test_the_pods_settings_are_settings(tmp_path):
    """No unknown key, no unknown variable, and every secret is used."""
    found = settings(tmp_path)
    assert ("0.0.0.0", "0.0.0.0") == (found.server.host, found.server.admin_host)
    assert list(SECRET) == [one["name"] for one in BFF["env"]]


def test_the_ports_are_those_that_the_bff_listens_at(tmp_path):
    server = settings(tmp_path).server
    ports = {one["name"]: one["containerPort"] for one in BFF["ports"]}
    assert {"public": server.port, "admin": server.admin_port} == ports


def test_a_pod_is_killed_after_it_has_ended_by_itself(tmp_path):
    found = settings(tmp_path)
    ends_s = found.server.lame_duck_s + found.server.drain_s + found.login.timeout_s + 3
    assert ends_s < PODS["bff"]["terminationGracePeriodSeconds"]


@pytest.mark.parametrize(
    ("probe", "path"),
    [("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")],
)
def test_a_probe_asks_for_what_it_is_about(probe, path):
    assert {"path": path, "port": "public"} == BFF[probe]["httpGet"]


@pytest.mark.parametrize("name", PODS)
def test_every_container_has_as_few_rights_as_it_can(name):
    pod = PODS[name]
    assert (False, True) == (
        pod["automountServiceAccountToken"],
        pod["securityContext"]["runAsNonRoot"],
    )
    for one in pod["containers"]:
        assert {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        } == one["securityContext"]
        assert "memory" in one["resources"]["limits"]


def test_kubernetes_own_variables_are_not_taken_for_settings():
    """A Service called `bff` would give each pod BFF_PORT and BFF_SERVICE_HOST."""
    assert PODS["bff"]["enableServiceLinks"] is False


def test_an_envoy_is_killed_after_it_has_drained():
    """It ends at once on SIGTERM: what drains it is preStop, as long as Envoy takes for it."""
    pod = PODS["envoy"]
    [envoy] = pod["containers"]
    [waits_s] = re.findall(r"sleep (\d+)", envoy["lifecycle"]["preStop"]["exec"]["command"][-1])
    drains_s = envoy["args"][envoy["args"].index("--drain-time-s") + 1]
    assert int(drains_s) < int(waits_s) < pod["terminationGracePeriodSeconds"]
    assert "distroless" not in envoy["image"]  # preStop is a script


def test_what_valkey_has_answered_is_on_its_disk():
    """Otherwise a write with a key could be done twice after a crash (DESIGN.md 63)."""
    [valkey] = PODS["valkey"]["containers"]
    said = dict(pairwise(valkey["args"]))
    assert ("yes", "always", "noeviction") == (
        said["--appendonly"],
        said["--appendfsync"],
        said["--maxmemory-policy"],
    )


def test_every_file_belongs_to_the_whole_and_every_config_is_mounted():
    made = {one["name"]: one["files"] for one in KUSTOMIZATION["configMapGenerator"]}
    listed = {*KUSTOMIZATION["resources"], "kustomization.yaml", *chain(*made.values())}
    assert {one.name for one in KUBERNETES.iterdir()} == listed
    mounted = {
        one["configMap"]["name"]
        for pod in PODS.values()
        for one in pod.get("volumes", ())
        if "configMap" in one
    }
    assert set(made) == mounted


def test_selectors_find_the_pods_that_they_are_for():
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in WORKLOADS]
    for one in ALL:
        spec = one["spec"]
        wanted = spec.get("selector") or spec.get("podSelector") or {}
        wanted = wanted.get("matchLabels", wanted)
        assert not wanted or wanted in labels, one["metadata"]["name"]


def test_only_envoy_reaches_the_port_whose_forwarded_headers_are_believed(tmp_path):
    assert settings(tmp_path).server.trusted_proxies
    [policy] = [
        one for one in ALL if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == "bff"
    ]
    rules = {rule["ports"][0]["port"]: rule["from"] for rule in policy["spec"]["ingress"]}
    assert {8080, 8081} == set(rules)
    assert [{"podSelector": {"matchLabels": {"app": "envoy"}}}] == rules[8080]


def test_envoy_asks_the_service_of_the_pods():
    [endpoint] = CLUSTER["load_assignment"]["endpoints"][0]["lb_endpoints"]
    where = endpoint["endpoint"]["address"]["socket_address"]
    [service] = [one for one in ALL if one["metadata"]["name"] == where["address"]]
    assert ("None", where["port_value"], True) == (
        service["spec"]["clusterIP"],
        service["spec"]["ports"][0]["port"],
        service["spec"]["publishNotReadyAddresses"],
    )


def test_envoy_hears_of_an_end_while_the_bff_still_serves(tmp_path):
    """As often while nobody asks, too: unless said that is once a minute."""
    [check] = CLUSTER["health_checks"]
    assert "/readyz" == check["http_health_check"]["path"]
    for name in ("interval", "no_traffic_interval"):
        late_s = seconds(check[name]) * check["unhealthy_threshold"] + seconds(check["timeout"])
        assert late_s < settings(tmp_path).server.lame_duck_s


def test_envoy_lets_an_idle_connection_go_before_the_bff_does(tmp_path):
    options = CLUSTER["typed_extension_protocol_options"]
    [protocol] = options.values()
    idle_s = seconds(protocol["common_http_protocol_options"]["idle_timeout"])
    assert idle_s < settings(tmp_path).connections.idle_s


def test_envoy_neither_rewrites_a_path_nor_repeats_a_write():
    assert (False, False, "KEEP_UNCHANGED") == (
        MANAGER["normalize_path"],
        MANAGER["merge_slashes"],
        MANAGER["path_with_escaped_slashes_action"],
    )
    assert "connect-failure,reset-before-request" == ROUTE["retry_policy"]["retry_on"]


def test_envoy_ends_no_stream_for_being_quiet():
    times = (MANAGER["stream_idle_timeout"], ROUTE["idle_timeout"], ROUTE["timeout"])
    assert ("0s", "0s", "0s") == times


PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def test_the_image_installs_what_the_tests_ran_with():
    served = dict(PIN.findall((DEPLOY / "requirements.lock").read_text(encoding="utf-8")))
    tested = dict(PIN.findall((DEPLOY.parent / "requirements.lock").read_text(encoding="utf-8")))
    assert served == {name: tested[name] for name in served}


def test_the_image_installs_all_that_the_project_names():
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["redis"]]
    names = {re.split(r"[\[<>=; ]", one, maxsplit=1)[0] for one in wanted}
    served = {
        name for name, _ in PIN.findall((DEPLOY / "requirements.lock").read_text(encoding="utf-8"))
    }
    assert set() == names - served


def test_what_the_dockerfile_copies_is_there():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    assert copied
    assert [] == [one for one in copied if not (DEPLOY.parent / one).exists()]


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))
