/* Makes pages quicker and kinder. Everything works without it. ES2019, no dependencies. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
  const root = document.documentElement;
  const say = (words, values) => words.replace(/%\((\w+)\)s/g, (whole, name) => values[name]);

  /* What is typed stays on this device until a page says that it has arrived, or the person signs out. */
  const drawer = {
    read(key) { try { return localStorage.getItem(key); } catch (error) { return null; } },
    keep(key, text) { try { if (text) localStorage.setItem(key, text); else localStorage.removeItem(key); } catch (error) { /* switched off */ } },
  };

  const leaving = (form) => drawer.keep("sending", all("[data-keep]", form).map((area) => area.dataset.keep).concat(form.dataset.sends || []).join(" "));
  function arrived(page) {
    if (!one("main > .note.good", page)) return;
    (drawer.read("sending") || "").split(" ").forEach((name) => drawer.keep("typed-" + name, ""));
    drawer.keep("sending", "");
  }
  function forget() {
    try { Object.keys(localStorage).filter((key) => key.startsWith("typed-")).forEach((key) => localStorage.removeItem(key)); } catch (error) { /* switched off */ }
  }

  /* On a shared phone nobody finds what somebody else has typed. */
  const me = document.body.dataset.me;
  if (me && drawer.read("who") !== me) {
    if (drawer.read("who")) forget();
    drawer.keep("who", me);
  }

  /* What is done with an element of a page, or of a part of it that is loaded later; other scripts add theirs. */
  const parts = [];
  let live = false;
  function part(selector, start) {
    parts.push([selector, start]);
    if (live) all(selector).forEach(start);
  }
  const enliven = (root) => parts.forEach(([selector, start]) => all(selector, root).forEach(start));

  part("textarea[data-keep]", keepTyped);
  part("textarea[data-tally]", tally);
  part("[data-after]", waitToResend);
  part("select[data-go]", (select) => select.addEventListener("change", () => select.form.requestSubmit ? select.form.requestSubmit() : select.form.submit()));
  part("form[data-only-filled]", (form) => form.addEventListener("submit", () => all("select, input", form).forEach((field) => { field.disabled = !field.value; })));

  part("a[rel=next]", showMore);
  part("[data-zone]", (line) => { line.hidden = sameClock(line.dataset.zone); });

  /* "Show more" adds the next rows below those that are there; the desk's queue turns its pages instead. */
  function showMore(link) {
    const nav = link.closest("nav"), list = nav && nav.previousElementSibling;
    if (!list || list.tagName !== "UL" || link.closest("#queue")) return;
    const add = (loaded) => {
      const more = one("main [data-rows]", loaded), next = one("main nav.actions", loaded);
      if (!more) throw new Error("no rows");
      const rows = Array.from(more.children);
      list.append(...rows);
      const on = next && one("a[rel=next]", next);
      if (on) link.href = on.href; else nav.remove();
      rows.forEach((row) => enliven(row));
      const target = rows[0] && one("a", rows[0]);
      if (target) target.focus({ preventScroll: true });
    };
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.getAttribute("aria-busy")) return;
      link.setAttribute("aria-busy", "true");
      fetch(link.href, { credentials: "same-origin", headers: { Accept: "text/html" } })
        .then((answer) => answer.text())
        .then((text) => add(new DOMParser().parseFromString(text, "text/html")))
        .catch(() => { location.href = link.href; })
        .then(() => link.removeAttribute("aria-busy"));
    });
  }

  /* Whether this device's clock shows the same time as a zone's, now and in half a year. */
  function sameClock(zone) {
    const clock = (at, options) => at.toLocaleString("en-US", options), half = 182 * 864e5;
    try { return [0, half].every((ahead) => { const at = new Date(Date.now() + ahead); return clock(at, { timeZone: zone }) === clock(at); }); } catch (error) { return false; }
  }

  function keepTyped(area) {
    const key = "typed-" + area.dataset.keep;
    if (!area.value.trim()) area.value = drawer.read(key) || "";
    area.addEventListener("input", () => drawer.keep(key, area.value));
  }

  function tally(area) {
    const line = document.createElement("p");
    const show = () => {
      const left = area.maxLength - area.value.length;
      line.textContent = say(area.dataset.tally, { n: left });
      line.hidden = left > area.maxLength / 2 && area.maxLength > 300;
    };
    line.className = "tally";
    area.after(line);
    area.addEventListener("input", show);
    show();
  }

  function waitToResend(button) {
    const words = one("span", button), normal = words.textContent;
    let left = Number(button.dataset.after);
    const tick = () => {
      button.disabled = left > 0;
      words.textContent = left > 0 ? say(button.dataset.afterWords, { n: left }) : normal;
      if (left-- > 0) setTimeout(tick, 1000);
    };
    tick();
  }

  /* Sending twice: the button rests until the answer is there, or the person comes back to the page. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    leaving(form);
    if (form.action.includes("/me/sign-out")) forget();
    all("button", form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button", form).forEach((button) => button.removeAttribute("aria-busy"));
  }));

  /* No signal: a calm line says so for as long as it lasts, but for pages that say it themselves (offline.js). */
  const offline = one("[data-signal]"), said = () => one("main > .stale, main > [data-offline-page]");
  let back = false; // a page as it was kept came without a signal, whatever the browser believes
  const heard = (event) => {
    back = event.type === "online" || (back && event.type !== "offline");
    offline.hidden = (navigator.onLine !== false && (!root.dataset.kept || back)) || Boolean(said());
  };
  if (offline) ["online", "offline", "pageshow"].forEach((name) => window.addEventListener(name, heard));

  /* A page on its way: when it takes longer than 300 ms, the style sheet shows its outline instead of the old page. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download")) return;
    const same = link.origin === location.origin && (link.pathname !== location.pathname || link.search !== location.search);
    if (same && navigator.onLine !== false) setTimeout(() => { if (!event.defaultPrevented) onItsWay(); });
  });
  function onItsWay() {
    root.setAttribute("data-going", "");
    setTimeout(stay, 10000);
  }
  const stay = () => root.removeAttribute("data-going");
  ["pageshow", "offline"].forEach((name) => window.addEventListener(name, stay));

  /* A link into a closed part opens it. */
  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.scrollIntoView();
    const field = fold && one("textarea", fold);
    if (field) field.focus();
  }
  window.addEventListener("hashchange", openTarget);

  /* A strip that is wider than the screen shows what is chosen. */
  all(".days [aria-current]").forEach((day) => day.scrollIntoView({ block: "nearest", inline: "center" }));

  /* Calls of the JSON API. */
  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  async function ask(address, options) {
    const answer = await fetch(address, Object.assign({ credentials: "same-origin" }, options));
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(body.detail || answer.status), {
        told: body.detail, status: answer.status, code: body.code, errors: body.errors || [],
        wait: Number(answer.headers.get("Retry-After")) || 0,
      });
    return body;
  }

  /* Text size and colours change at once, and nothing typed is lost. Without a script the form is sent. */
  const attributes = { text: "data-text", colours: "data-theme" };
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-look] button");
    if (!button) return;
    event.preventDefault();
    wear(attributes[button.name], button.value);
    all(".segments button[name=" + button.name + "]").forEach((other) => other.setAttribute("aria-pressed", String(other.value === button.value)));
    all("[data-look] .letters").forEach((letters) => {
      const large = root.hasAttribute("data-text");
      letters.setAttribute("aria-pressed", String(large));
      letters.value = large ? "" : "large";
    });
  });
  function wear(attribute, word) {
    if (word) root.setAttribute(attribute, word); else root.removeAttribute(attribute);
    const words = ["data-text", "data-pages", "data-theme"].map((name) => root.getAttribute(name)).filter(Boolean).join(".");
    document.cookie = "look=" + words + "; Path=/; SameSite=Lax; Max-Age=" + (words ? 31536000 : 0);
  }

  arrived(document);
  live = true;
  enliven(document);
  openTarget();
  const summary = one("[data-focus]");
  if (summary) summary.focus();

  window.portal = { all, one, say, drawer, leaving, arrived, part, enliven, key, ask };
})();
