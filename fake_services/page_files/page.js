// Three panes, each a client of its own: a browser with a session, a phone with a token, a stranger.
"use strict";

const PATHS = {
  dashboard: { web: "/web/v1/dashboard", mobile: "/mobile/v1/dashboard", public: "/public/v1/links" },
  product: {
    web: "/web/v1/products/p-1",
    mobile: "/mobile/v1/products/p-1",
    public: "/public/v1/products/p-1",
  },
};
const byId = (id) => document.getElementById(id);
let phone = null;

async function phoneToken() {
  if (phone === null) {
    phone = fetch("/demo/phone-token", { method: "POST", credentials: "omit" })
      .then((answer) => answer.json())
      .then((told) => told.token);
  }
  return phone;
}

// What each client sends: a page says whose it is by X-CSRF, a phone by its token, a stranger not at all.
const CLIENTS = {
  web: async () => ({ credentials: "same-origin", headers: { "X-CSRF": "1" } }),
  mobile: async () => ({
    credentials: "omit",
    headers: { Authorization: `Bearer ${await phoneToken()}` },
  }),
  public: async () => ({ credentials: "omit", headers: {} }),
};

async function ask(client) {
  const path = PATHS[byId("screen").value][client];
  const requestId = `page-${crypto.randomUUID()}`;
  const options = await CLIENTS[client]();
  options.headers["X-Request-Id"] = requestId;
  options.headers.Accept = "application/json";
  options.cache = "no-store";
  const started = performance.now();
  const answer = await fetch(path, options);
  const text = await answer.text();
  const ms = performance.now() - started;
  const told = await fetch(`/demo/calls/${requestId}`, { credentials: "omit" });
  const calls = told.ok ? (await told.json()).calls : [];
  return { path, answer, text, ms, calls };
}

function show(client, { path, answer, text, ms, calls }) {
  const pane = byId(client);
  const result = byId("result").content.cloneNode(true);
  const put = (name, value, bad = false) => {
    const place = result.querySelector(`[data-of=${name}]`);
    place.textContent = value;
    place.toggleAttribute("data-bad", bad);
  };
  const complete = answer.headers.get("X-BFF-Complete") ?? "true";
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = text;
  }
  result.querySelector("code").textContent = `GET ${path}`;
  put("status", answer.status, !answer.ok);
  put("bytes", new TextEncoder().encode(text).length);
  put("calls", calls.length);
  put("ms", ms.toFixed(1));
  put("complete", complete, complete === "false");
  result.querySelector("[data-of=calls]").title = calls.join("\n");
  const missing = result.querySelector(".missing");
  for (const one of body?.errors ?? []) {
    const item = document.createElement("li");
    item.textContent = one.path ? `${one.path}: ${one.code}` : JSON.stringify(one);
    missing.append(item);
  }
  result.querySelector("pre").textContent = JSON.stringify(body, null, 2);
  pane.replaceChildren(pane.querySelector("h2"), result);
  pane.dataset.status = answer.status;
  pane.dataset.complete = complete;
}

async function askAll() {
  await Promise.all(Object.keys(CLIENTS).map(async (client) => show(client, await ask(client))));
  document.body.dataset.asked = Number(document.body.dataset.asked ?? 0) + 1;
}

async function whoAmI() {
  const answer = await fetch("/bff/user", { headers: { "X-CSRF": "1" } });
  const told = answer.ok ? await answer.json() : null;
  byId("who").textContent = told ? `Signed in as ${told.claims.sub}` : "Nobody is signed in";
  byId("sign").textContent = told ? "Sign out" : "Sign in";
  byId("sign").href = told ? told.logoutUrl : "/bff/login?returnUrl=/";
}

async function turn(event) {
  const { service } = event.target.dataset;
  const answer = await fetch("/demo/switches", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": "1" },
    body: JSON.stringify({ service, mode: event.target.value }),
  });
  const told = await answer.json();
  byId("switched").textContent = answer.ok ? `${told.service} is ${told.mode}` : told.detail;
  await askAll();
}

for (const one of document.querySelectorAll("[data-service]")) {
  one.value = "well";
  one.addEventListener("change", turn);
}
byId("screen").addEventListener("change", askAll);
byId("again").addEventListener("click", askAll);
whoAmI().then(askAll);
