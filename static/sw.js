/* The portal without a network. Static files come from the phone, by addresses that change with their content; pages come
   from the network, and as they were seen last where there is none. `/sw.js` puts `self.setup` in front of this. */
(function () {
  "use strict";
  const { base, files, offline } = self.setup;
  const STATIC = "static", PAGES = "pages", AHEAD = "ahead";
  const PATIENCE = 3000, MOST = { pages: 50, ahead: 60 }, FRESH = 12 * 3600 * 1000;
  const OWNER = base + "/-owner", LAST_AHEAD = base + "/-ahead";
  const NEVER_KEPT = /^\/(login|photos|api|dev|static)(\/|$)/;

  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, null));
  /* What only changes how a page is opened is no part of its name. */
  function keyOf(address) {
    const url = new URL(address, location.origin);
    ["sent", "lang"].forEach((name) => url.searchParams.delete(name));
    url.hash = "";
    return url.href;
  }

  /* Static files: an address stands for one content, so what is here is right. The server marks as immutable only what is.
     Each is fetched once at a time: a second request would wait for the first one's place in the browser's own cache. */
  const coming = new Map();
  async function fetched(address) {
    const answer = await fetch(address);
    if (answer.ok && /immutable/.test(answer.headers.get("Cache-Control") || "")) await (await caches.open(STATIC)).put(address, answer.clone());
    return answer;
  }
  async function file(address) {
    const name = new URL(address, location.origin).href, found = await (await caches.open(STATIC)).match(name);
    if (found) return found;
    if (!coming.has(name)) {
      const answer = fetched(name);
      coming.set(name, answer);
      answer.catch(() => {}).then(() => coming.delete(name));
    }
    return (await coming.get(name)).clone();
  }
  const filesOf = (text) => Array.from(new Set(text.match(/[^"'\s]*\/static\/[0-9a-f]+\/[\w.-]+/g) || []));
  async function withFiles(text) {
    const store = await caches.open(STATIC);
    await Promise.all(filesOf(text).map(file));
    return (await Promise.all(filesOf(text).map((address) => store.match(address)))).every(Boolean);
  }

  /* Kept pages are one person's; whoever comes next finds none of them. */
  const wipe = () => Promise.all([caches.delete(PAGES), caches.delete(AHEAD)]);
  async function belongsTo(who) {
    const mark = await (await caches.open(PAGES)).match(OWNER);
    if (mark && (await mark.text()) === who) return;
    await wipe();
    await (await caches.open(PAGES)).put(OWNER, new Response(who));
  }
  async function keep(key, answer, where) {
    if (answer.status !== 200 || answer.redirected || !/^text\/html/.test(answer.headers.get("Content-Type") || "")) return "";
    const text = (await answer.text()).replace(/<!--once-->[^]*?<!--\/once-->/g, "");
    const who = /<body[^>]*\sdata-me="([^"]+)"/.exec(text);
    if (!who || !(await withFiles(text))) return "";
    await belongsTo(who[1]);
    const headers = new Headers(answer.headers), store = await caches.open(where);
    ["Content-Encoding", "Content-Length"].forEach((name) => headers.delete(name));
    headers.set("X-Kept-At", Date.now());
    await store.put(key, new Response(text, { headers }));
    const keys = (await store.keys()).filter((one) => !/\/-\w+$/.test(one.url));
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST[where])).map((old) => store.delete(old)));
    return text;
  }
  async function copyOf(key) {
    const copies = await Promise.all([PAGES, AHEAD].map((name) => caches.open(name).then((store) => store.match(key))));
    const found = copies.filter(Boolean).sort((a, b) => b.headers.get("X-Kept-At") - a.headers.get("X-Kept-At"))[0];
    if (!found) return null;
    const text = (await found.text()).replace("<html ", `<html data-kept="${found.headers.get("X-Kept-At")}" `);
    return new Response(text, { headers: found.headers });
  }

  async function page(answered, key) {
    const failed = answered.then(() => null, () => null), copy = await copyOf(key);
    const first = await Promise.race(copy ? [answered.catch(() => null), wait(PATIENCE)] : [answered.catch(() => null)]);
    if (first) return first;
    if (copy) return copy;
    await failed;
    return (await (await caches.open(STATIC)).match(offline)) || Response.error();
  }

  /* Pages that somebody will want without a network, fetched one after the other: those named, and what they lead to. */
  async function ahead(paths, who, lang) {
    const store = await caches.open(AHEAD), mark = [self.setup.version, who, lang].join(" ");
    const last = await store.match(LAST_AHEAD), done = last ? await last.json() : {};
    if (done.mark === mark && Date.now() - done.at < FRESH) return;
    await nobodys();
    const queue = paths.slice();
    for (let n = 0; n < queue.length && n < MOST.ahead; n++) {
      const answer = await fetch(queue[n], { credentials: "same-origin", headers: { Accept: "text/html", Purpose: "prefetch" } });
      const text = await keep(keyOf(queue[n]), answer, AHEAD);
      if (n < paths.length) (text.match(/<a\s[^>]*data-ahead[^>]*>/g) || []).forEach((link) => queue.push(/href="([^"]+)"/.exec(link)[1].replace(/&amp;/g, "&")));
    }
    await (await caches.open(AHEAD)).put(LAST_AHEAD, new Response(JSON.stringify({ mark, at: Date.now() })));
  }

  async function nobodys() {
    const answer = await fetch(offline, { credentials: "same-origin", cache: "no-store", headers: { Purpose: "prefetch" } });
    if (answer.ok) await (await caches.open(STATIC)).put(offline, answer);
  }
  async function prepare() {
    await Promise.all(files.map(file));
    await nobodys();
    await self.skipWaiting();
  }
  /* Files of an earlier version stay as long as a kept page needs them, so that no page meets another version's script. */
  async function tidy() {
    const store = await caches.open(STATIC), needed = new Set(files.concat(offline).map((address) => new URL(address, location.origin).href));
    for (const name of [PAGES, AHEAD]) {
      const pages = await caches.open(name);
      for (const key of await pages.keys()) {
        filesOf(await (await pages.match(key)).text()).forEach((address) => needed.add(new URL(address, location.origin).href));
      }
    }
    const old = (await store.keys()).filter((one) => !needed.has(one.url));
    await Promise.all(old.map((one) => store.delete(one)));
    await self.clients.claim();
  }

  /* An urgent report that a phone has shown outside of the page: tapping it opens the report. */
  async function opened(url) {
    const tabs = await self.clients.matchAll({ type: "window" });
    if (!tabs.length) return self.clients.openWindow(url);
    await tabs[0].focus();
    return tabs[0].navigate(url);
  }
  /* A message of the portal, pushed: shown once, whatever came before with its tag. The link is a path of ours alone. */
  function told(event) {
    let said;
    try { said = event.data.json(); } catch (error) { return null; }
    const to = new URL(said.url || base + "/inbox", location.origin);
    const url = to.origin === location.origin ? to.href : base + "/inbox";
    return self.registration.showNotification(said.title, { tag: said.tag, lang: said.lang, data: { url } });
  }
  /* A browser has ended a subscription by itself, and makes another: the portal is told of that one. */
  async function renewed(event) {
    const options = event.oldSubscription && event.oldSubscription.options;
    const made = event.newSubscription || (options && await self.registration.pushManager.subscribe(options));
    if (!made) return;
    const { endpoint, keys } = made.toJSON(), body = JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    await fetch(base + "/api/v1/me/messages/devices", { method: "PUT", body, headers: { "Content-Type": "application/json" }, credentials: "same-origin" });
  }
  self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewed(event).catch(() => {})));
  self.addEventListener("push", (event) => event.waitUntil(Promise.resolve(told(event))));
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    if (event.notification.data) event.waitUntil(opened(event.notification.data.url));
  });
  self.addEventListener("install", (event) => event.waitUntil(prepare()));
  self.addEventListener("activate", (event) => event.waitUntil(tidy()));
  self.addEventListener("message", (event) => {
    if (event.data && event.data.ahead) event.waitUntil(ahead(event.data.ahead, event.data.who, event.data.lang).catch(() => {}));
  });
  self.addEventListener("fetch", (event) => {
    const request = event.request, address = new URL(request.url), path = address.pathname.slice(base.length);
    if (address.origin !== location.origin || !address.pathname.startsWith(base + "/")) return;
    if (request.method === "POST" && /^\/(login|me\/sign-out|me\/sign-out-everywhere)$/.test(path)) event.waitUntil(wipe());
    if (request.method !== "GET") return;
    if (path.startsWith("/static/")) event.respondWith(file(request.url));
    else if (request.mode === "navigate" && (path === "/login" || !NEVER_KEPT.test(path))) {
      const answered = fetch(request), key = keyOf(request.url);
      /* The sign-in page means that nobody is signed in here any more, wherever the session was ended. */
      const noted = answered.then((answer) => (path === "/login" ? answer.status === 200 && wipe() : keep(key, answer.clone(), PAGES)));
      event.waitUntil(noted.catch(() => {}));
      event.respondWith(page(answered, key));
    }
  });
})();
