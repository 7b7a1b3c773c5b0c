"""docs/spec/threats.md "config": what an operator can set that is unsafe stops the boot.

Each row is a configuration, the setting that is named, and words of why.
"""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bff.cli import main
from bff.settings import Settings
from tests.house.source import ROOT, Source

GET = "todos.v1.TodoService/GetTodo"
KEY = "A" * 43 + "="
STORE = '[store]\nurl = "redis://127.0.0.1:1"\n'
LOGIN = (
    '[login]\nissuer = "https://id.example"\nclient_id = "c"\nclient_secret = "s"\n'
    'origin = "https://app.example"\n'
)
ISSUER = '[[issuers]]\nissuer = "https://id.example"\naudience = "a"\nkeys = "keys.json"\n'
EXCHANGE = '[exchange]\nurl = "https://id.example/token"\nclient_id = "c"\n'


def login(name: str, value: str) -> str:
    """A good [login] with one setting otherwise."""
    kept = [line for line in LOGIN.splitlines() if not line.startswith(name)]
    return "\n".join([*kept, f"{name} = {value}", ""])


REFUSED = (
    # who may come in
    ('[access]\ndefault = ""\n', "TodoService_GetTodo", "needs an access policy"),
    (f'[access]\n"{GET}" = "everyone"\n', f'access."{GET}"', "no access policy"),
    (f'[access]\n"{GET}s" = "public"\n', f'access."{GET}s"', "nothing is served by this name"),
    (ISSUER * 2, "issuers", "two issuers have the same name"),
    (f'{ISSUER}algorithms = ["none"]\n', "issuer https://id.example", "are not among"),
    (f'{ISSUER}algorithms = ["HS256"]\n', "issuer https://id.example", "are not among"),
    (ISSUER.replace('"a"', '""'), "issuer https://id.example", "audience must not be empty"),
    (ISSUER.replace("keys.json", "http://id.example/k"), "issuer", "https:// address"),
    (ISSUER.replace("keys.json", "ftp://id.example/k"), "issuer", "https:// address"),
    (f"{ISSUER}leeway_s = -1\n", "issuer https://id.example", "must not be negative"),
    ("[refresh]\nurl = 'http://id.example/t'\n", "refresh.url", "must be an https:// address"),
    ("[refresh]\nurl = 'https://id.example/t'\n", "refresh.client_ids", "name the apps"),
    ("[refresh]\ntimeout_s = 0\n", "refresh.timeout_s", "must be above 0"),
    # sessions and sign-in
    (login("issuer", '"http://id.example"'), "login.issuer", "must be an https:// address"),
    (login("origin", '"http://app.example"'), "login.origin", "must be an origin alone"),
    (login("origin", '"https://app.example/x"'), "login.origin", "must be an origin alone"),
    (login("client_secret", '""'), "login.client_secret", "must not be empty"),
    (login("scopes", '["profile"]'), "login.scopes", 'must have "openid"'),
    (login("algorithms", '["none"]'), "login.algorithms", "are not among"),
    (login("after_logout", '"//evil.example"'), "login.after_logout", "must be a path"),
    ("[sessions]\nidle_s = 0\n", "sessions.idle_s", "must be above 0"),
    ("[sessions]\nrefresh_before_s = -1\n", "sessions.refresh_before_s", "not be negative"),
    (f'{LOGIN}[sessions]\nkeys = ["a:short"]\n', "sessions.keys", "32 random bytes"),
    (f'{LOGIN}[sessions]\nkeys = ["a:{KEY}", "a:{KEY}"]\n', "sessions.keys", "two keys"),
    (LOGIN + STORE, "sessions.keys", "needs keys that all processes have"),
    # what services are told of who calls, and how they are reached
    ('[identity]\n"todos.v1.Todo" = "none"\n', 'identity."todos.v1.Todo"', "no service has this"),
    ('[identity]\n"*" = "signed"\n', "signing", "needs an issuer and keys"),
    (
        f'{ISSUER}[identity]\n"*" = "signed"\n[signing]\nissuer = "https://id.example"\n',
        "signing.issuer",
        "would open the front door",
    ),
    ("[signing]\nlifetime_s = 3600\n", "signing.lifetime_s", "must be between"),
    ('[identity]\n"*" = "exchange"\n', "exchange.url", "needs the issuer's token endpoint"),
    (EXCHANGE, "exchange.url", "BFF_EXCHANGE_CLIENT_SECRET"),
    (EXCHANGE.replace("https", "http"), "exchange.url", "must be an https:// address"),
    ("[exchange]\ntimeout_s = 0\n", "exchange.timeout_s", "must be above 0"),
    (
        f'{EXCHANGE}client_secret = "s"\n[identity]\n"*" = "exchange"\n[metadata]\nforward = []\n',
        "metadata.forward",
        "it is what is exchanged",
    ),
    ('[metadata]\nforward = ["cookie"]\n', "metadata.forward", "is never handed on"),
    ('[metadata]\nanswer = ["set-cookie", "te"]\n', "metadata.answer", "is never handed on"),
    ('[services]\n"*" = "books:1"\n', 'services."*"', "spoken to in plaintext"),
    ('[services]\n"*" = "://"\n', 'services."*"', ""),
    ('[security."a.B"]\ninsecure = true\n', 'security."a.B"', "no service has this name"),
    ('[security."*"]\ninsecure = true\nca_file = "x"\n', "security", "take one of them away"),
    # browsers
    ('[cors]\norigins = ["*"]\ncredentials = true\n', "cors.credentials", "every site"),
    ('[cors]\norigins = ["*", "https://a.example"]\n', "cors.origins", "stands alone"),
    ('[cors]\norigins = ["https://a.example/"]\n', "cors.origins", "no origin as browsers"),
    ('[cors]\nheaders = ["*"]\n', "cors.headers", "no name of a header"),
    ('[cors_paths."/pub"]\norigins = ["*"]\n', 'cors_paths."/pub"', "begins and ends with /"),
    ("[browser]\nhsts_s = -1\n", "browser.hsts_s", ""),
    # how much, how long, how often
    ("[calls]\ndeadline_ms = 0\n", "TodoService_GetTodo", "needs a deadline above 0"),
    ("[connections]\nhead_s = 0\n", "connections.head_s", "must be more than 0"),
    ("[batch]\nrequests = -1\n", "batch.requests", "or more"),
    ('[quotas."A b"]\nlimit = 1\n', 'quotas."A b"', "a quota's name has"),
    ("[quotas.a]\nlimit = 0\n", "quotas", "limit must be at least 1"),
    ("[quotas.a]\nlimit = 1\nburst = 2\n", "quotas", "between 1 and limit"),
    ('[quotas.a]\nlimit = 1\nendpoints = ["x"]\n', 'quotas."a".endpoints', "nothing is served"),
    ('[quotas.a]\nlimit = 1\nclients = ["x"]\n', 'quotas."a".clients', "no client is called"),
    ("[rate_limits]\nwait_ms = 0\n", "rate_limits", "must be at least"),
    ('[criticality]\n"x" = "critical"\n', 'criticality."x"', "nothing is served by this name"),
    ('[idempotent]\n"x" = "on"\n', 'idempotent."x"', "nothing that may have keys"),
    ("[idempotency]\nkeep_s = 0\n", "idempotency.keep_s", "must be at least 1"),
    # the process and what it remembers
    ('[server]\ntrusted_proxies = ["all"]\n', "server.trusted_proxies", "no address or network"),
    ("[server]\ndrain_s = 60\n", "server.drain_s", "at most"),
    ("[server]\nworkers = -1\n", "server.workers", "fewer than none"),
    (f"[server]\nworkers = 2\n{LOGIN}", "server.workers", "needs a [store] url"),
    ('[admin]\ntoken = "guess"\n', "admin.token", "must have at least"),
    (STORE.replace("redis:", "http:"), "store.url", ""),
    (f'{STORE}prefix = ""\n', "store.prefix", "must be a short name"),
    (f"{STORE}timeout_ms = 0\n", "store.timeout_ms", "must be at least 1"),
    (f"{STORE}near_ms = -1\n", "store.near_ms", "must be at least 0"),
    ('[cursors]\nkeys = ["a:b"]\n', "cursors.keys", "32 random bytes"),
    ('[json]\nerror_details = ["google.rpc.DebugInfo"]\n', "json.error_details", ""),
    ('[routes."x/Y"]\nerrors = "status"\n', 'routes."x/Y"', "no service has such an rpc"),
    ('[clients.web]\nint64 = "number"\n', "clients.web", "only `errors` can be chosen"),
    # words that are none
    ("[sever]\nport = 1\n", "sever", "no setting is called sever"),
    ("[server]\ndebug = true\n", "server.debug", "no setting is called debug"),
    ('[server]\ndocs = "yes"\n', "server.docs", "must be true or false"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "place", "why"), REFUSED, ids=lambda it: it[:40])
def test_what_is_unsafe_stops_the_boot_and_is_named(
    text: str, place: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    descriptors = ROOT / "generated" / "descriptors.binpb"
    config = tmp_path / "bff.toml"
    config.write_text(f'{text}[contract]\ndescriptors = ["{descriptors}"]\n')
    assert 1 == main(["check", "--config", str(config)])
    told = capsys.readouterr().err
    assert [] == [one for one in (place, why) if one not in told], told


def refusals() -> dict[str, str]:
    """Where each refusal of a setting is raised -> the setting that it names, as a pattern."""
    sections = {one.name for one in fields(Settings)}
    found = {}
    for path in (ROOT / "bff").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in Source.of(text).calls() if "ContractMistake(" in text else ():
            named = [it.value for it in call.keywords if it.arg == "where"]
            if ast.unparse(call.func) == "ContractMistake" and named:
                place = pattern_of(named[0])
                if re.match(r"\w*", place)[0] in sections:  # type: ignore[index]
                    found[f"{path.relative_to(ROOT)}:{call.lineno}"] = place
    return found


def pattern_of(where: ast.expr) -> str:
    """Of what is put together at run time, what stands around it; "" for anything else."""
    parts = where.values if isinstance(where, ast.JoinedStr) else [where]
    texts = [it.value if isinstance(it, ast.Constant) else None for it in parts]
    return "".join(".+" if one is None else re.escape(str(one)) for one in texts)


def test_every_refusal_of_a_setting_has_a_row():
    """Who adds a refusal adds its row: one that nobody has seen may never have worked."""
    places = [place for _, place, _ in REFUSED]
    lost = {at: it for at, it in refusals().items() if not any(re.fullmatch(it, p) for p in places)}
    assert {} == lost
    assert 30 < len(refusals())
