"""The demo's page in a real browser: sign in, look, break a service, look again, leave."""

import pytest


def asked(page, times):
    """Wait until all three panes have been filled so many times."""
    page.wait_for_selector(f"body[data-asked='{times}']")


def figure(page, pane, name):
    return page.inner_text(f"#{pane} [data-of={name}]")


def sign_in(page, demo, who="ada"):
    """The page, with somebody signed in; its panes are filled."""
    page.goto(demo.url)
    asked(page, 1)
    page.click("#sign")
    page.click(f"button[value='{who}']")
    page.wait_for_function(
        "who => document.getElementById('who')?.textContent === who", arg=name_of(who)
    )
    asked(page, 1)


def name_of(who):
    return f"Signed in as {who}"


def test_a_stranger_sees_the_public_pane_and_the_phone_its_own(demo, person):
    page = person.page()
    page.goto(demo.url)
    asked(page, 1)
    statuses = {pane: figure(page, pane, "status") for pane in ("web", "mobile", "public")}
    assert {"web": "401", "mobile": "200", "public": "200"} == statuses


def test_whoever_signs_in_sees_three_shapes_of_the_same(demo, person):
    page = person.page()
    sign_in(page, demo)
    assert ["200"] * 3 == [figure(page, pane, "status") for pane in ("web", "mobile", "public")]
    sizes = {pane: int(figure(page, pane, "bytes")) for pane in ("web", "mobile")}
    assert sizes["mobile"] < 1500 < sizes["web"]
    assert "4" == figure(page, "web", "calls")
    assert "2" == figure(page, "mobile", "calls")


def test_no_token_reaches_the_browser(demo, person):
    page = person.page()
    sign_in(page, demo)
    cookies = {one["name"]: one for one in person.context.cookies(demo.url)}
    session = cookies["__Host-s"]
    assert (True, True, "Strict") == (session["httpOnly"], session["secure"], session["sameSite"])
    kept = page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "eyJ" not in kept  # what each of these tokens begins with
    assert kept.endswith(',""]')


def test_a_reload_and_a_second_tab_are_signed_in_too(demo, person):
    page = person.page()
    sign_in(page, demo)
    page.reload()
    asked(page, 1)
    assert name_of("ada") == page.inner_text("#who")
    second = person.page()
    second.goto(demo.url)
    asked(second, 1)
    assert (name_of("ada"), "200") == (second.inner_text("#who"), figure(second, "web", "status"))


def test_who_signs_out_in_one_tab_is_out_in_the_other(demo, person):
    page, second = person.page(), person.page()
    sign_in(page, demo)
    second.goto(demo.url)
    asked(second, 1)
    page.click("#sign")
    page.wait_for_selector("body[data-asked='1']")
    second.click("#again")
    asked(second, 2)
    assert ("Nobody is signed in", "401") == (
        page.inner_text("#who"),
        figure(second, "web", "status"),
    )


def test_a_broken_service_costs_its_part_and_nothing_else(demo, person):
    page = person.page()
    sign_in(page, demo)
    switch = "[data-service='shortener.teams.v1.TeamService']"
    page.select_option(switch, "failing")
    asked(page, 2)
    assert ("200", "false") == (figure(page, "web", "status"), figure(page, "web", "complete"))
    assert "/team: UNAVAILABLE" in page.inner_text("#web .missing")
    page.select_option(switch, "well")
    asked(page, 3)
    assert "true" == figure(page, "web", "complete")


def test_the_fragment_fills_its_own_slow_parts(demo, person):
    page = person.page()
    sign_in(page, demo)
    page.click("#fragment button")
    page.wait_for_selector("#home article, #home section, #home h1, #home h2, #home div")
    assert "Ada" in page.inner_text("#home")


@pytest.fixture
def foreign(demo, tmp_path):
    """A page of somebody else: the same machine, another port."""
    import functools
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    (tmp_path / "index.html").write_text(ATTACK.replace("TARGET", demo.url), encoding="utf-8")
    serve = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


ATTACK = """<!doctype html><title>evil</title>
<form id="form" method="post" enctype="text/plain" action="TARGET/v1/todos">
<input name='{"title":"' value='forged"}'></form>
<script>
window.told = {};
async function attack() {
  const tell = async (name, promise) => {
    try {
      const answer = await promise;
      window.told[name] = [answer.type, answer.status, await answer.text()];
    } catch (error) { window.told[name] = ["refused"]; }
  };
  const body = JSON.stringify({title: "forged"});
  await tell("read", fetch("TARGET/web/v1/dashboard", {credentials: "include"}));
  await tell("write", fetch("TARGET/v1/todos", {method: "POST", credentials: "include", body}));
  await tell("marked", fetch("TARGET/v1/todos", {method: "POST", credentials: "include", body,
    headers: {"Content-Type": "application/json", "X-CSRF": "1"}}));
  await tell("blind", fetch("TARGET/v1/todos",
    {method: "POST", mode: "no-cors", credentials: "include", body}));
  await new Promise((done) => {
    const image = new Image();
    image.onload = () => { window.told.image = ["shown"]; done(); };
    image.onerror = () => { window.told.image = ["refused"]; done(); };
    image.src = "TARGET/web/v1/dashboard";
  });
  await new Promise((done) => {
    const socket = new WebSocket("TARGET/v1/todos:watch".replace("http", "ws"));
    socket.onopen = () => { window.told.socket = ["open"]; done(); };
    socket.onerror = () => { window.told.socket = ["refused"]; done(); };
  });
  document.body.dataset.done = "1";
}
attack();
</script><body></body>"""


def todos(page):
    return page.evaluate(
        "async () => (await fetch('/v1/todos?pageSize=100', {headers: {'X-CSRF': '1'}})).text()"
    )


def test_a_page_on_another_port_reads_and_writes_nothing(demo, person, foreign):
    page = person.page()
    sign_in(page, demo)
    evil = person.context.new_page()
    evil.goto(foreign)
    evil.wait_for_selector("body[data-done='1']", state="attached")
    told = evil.evaluate("() => window.told")
    assert {"refused"} == {told[name][0] for name in ("read", "write", "marked", "image", "socket")}
    assert ["opaque", 0, ""] == told["blind"]
    evil.evaluate("() => document.getElementById('form').submit()")
    evil.wait_for_load_state()
    assert "forged" not in todos(page)
