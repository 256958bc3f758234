/* Steps of a job: kept on this phone with their time, shown at once, and sent in order when there is a signal. */
(function () {
  "use strict";
  const { all, one, say, part, enliven, drawer, key, ask, kept, sendPhoto } = window.portal;
  const panel = one("[data-steps]");
  if (!panel || !kept) return;
  const words = panel.dataset, STEPS = "steps", AT_ONCE = 20;
  const EIGHT_DAYS = 8 * 24 * 3600 * 1000;
  let rows = [];

  /* What is kept: `waiting` to be sent, `refused`, `done` since a page was made that may be shown again, and a form's
     photos as a `draft`, as a phone short of memory closes the page while its camera is open. */
  const waits = (row) => row.state === "waiting", refused = (row) => row.state === "refused", unsent = (row) => waits(row) || refused(row);
  async function load() {
    const found = await kept.all(STEPS);
    found.filter((row) => !unsent(row) && row.at < Date.now() - EIGHT_DAYS).forEach((row) => kept.drop(STEPS, row.id));
    rows = found.filter((row) => row.state !== "draft");
  }
  const save = (row, change) => kept.put(STEPS, Object.assign(row, change));
  const changed = async () => { await load(); show(); drawer.keep("steps-changed", key()); }; // other tabs hear of it
  window.addEventListener("storage", (event) => { if (event.key === "steps-changed") load().then(show); });

  /* Where a job stands, as this phone knows it: the page, and what was done since. */
  const since = (job) => rows.filter((row) => row.issue === job.dataset.job && (waits(row) || (row.state === "done" && row.version > Number(job.dataset.version))));
  const lastOf = (job) => since(job).filter((row) => row.kind !== "message").pop();
  const statusOf = (job) => { const last = lastOf(job); return last ? last.kind : job.dataset.status; };

  function clock(at) {
    const then = new Date(at), time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = then.toDateString() === new Date().toDateString() ? {} : { month: "numeric", day: "numeric" };
    return then.toLocaleString(document.documentElement.lang, Object.assign(day, time));
  }
  const fill = (spot, text) => { spot.textContent = text || ""; spot.hidden = !text; };
  const template = (attribute, name) => one("template[data-" + attribute + "=" + name + "]", panel).content.firstElementChild.cloneNode(true);

  function showJob(job) {
    const mine = since(job), last = lastOf(job), status = statusOf(job), here = one("[data-here]", job);
    job.classList.toggle("pending", mine.length > 0);
    all("[data-when]", job).forEach((spot) => { spot.hidden = !spot.dataset.when.split(" ").includes(status); });
    all("[data-now]", job).forEach((spot) => { spot.hidden = Boolean(last); });
    all("[data-bar]", job).forEach((spot) => { spot.hidden = !mine.length; });
    if (!here) return;
    here.replaceChildren(...mine.map((row) => {
      const line = document.createElement("li");
      line.textContent = say(waits(row) ? words.waits : words.gone, { what: words[row.kind], when: clock(row.at) });
      return line;
    }));
    here.hidden = !mine.length;
  }

  function showRow(row) {
    const item = template("row", row.state);
    one("[data-what]", item).textContent = words[row.kind];
    one("[data-at]", item).textContent = clock(row.at);
    fill(one("[data-label]", item), row.label);
    fill(one("[data-words]", item), row.text);
    if (refused(row)) {
      one("[data-reason]", item).textContent = row.why;
      one("[data-open]", item).href = words.jobs + row.issue;
      one("[data-do=tell]", item).hidden = !row.text || row.kind === "message";
      one("[data-do=again]", item).hidden = ["forbidden", "not_found", "step_too_old"].includes(row.code) && row.kind !== "message";
    }
    all("[data-do]", item).forEach((button) => button.addEventListener("click", () => acts[button.dataset.do](row)));
    return item;
  }

  function show() {
    const waiting = rows.filter(waits), lost = rows.filter(refused);
    const list = (box, found) => { box.hidden = !found.length; one("ul", box).replaceChildren(...found.map(showRow)); };
    list(one("[data-waiting]", panel), waiting);
    list(one("[data-refused]", panel), lost);
    fill(one("[data-count]", panel), waiting.length === 1 ? words.one : say(words.many, { n: waiting.length }));
    panel.hidden = !waiting.length && !lost.length;
    all("[data-job]").forEach(showJob);
  }

  /* Where a form's words and photos are until they are sent. */
  const typedKey = (issue, kind) => "typed-" + (kind === "message" ? "desk-" : "note-" + kind + "-") + issue;
  const draft = (issue, kind, photos) => ({ id: "draft-" + kind + "-" + issue, state: "draft", issue, kind, photos });

  /* One tab at a time sends or takes back; where a browser can't tell tabs apart, the steps' ids see to it. */
  const alone = (work) => (navigator.locks ? navigator.locks.request("portal-steps", work) : work());
  const acts = {
    back: (row) => alone(async () => {
      await load();
      const gone = [row.id];
      rows.filter(waits).forEach((other) => { if (gone.includes(other.after)) gone.push(other.id); }); // what builds on it
      for (const each of rows.filter((other) => waits(other) && gone.includes(other.id))) {
        if (each.text) drawer.keep(typedKey(each.issue, each.kind), each.text);
        if (each.photos.length) await kept.put(STEPS, draft(each.issue, each.kind, each.photos));
        await kept.drop(STEPS, each.id);
      }
      await changed();
    }),
    drop: async (row) => { await kept.drop(STEPS, row.id); await changed(); },
    again: async (row) => {
      const fresh = { state: "waiting", photos: row.photos.map((photo) => (photo.blob ? { blob: photo.blob, key: key() } : photo)), at: row.code === "step_too_old" ? Date.now() : row.at };
      if (row.now && row.kind !== "message") Object.assign(fresh, { version: row.now.version, after: undefined });
      await save(row, fresh);
      for (const next of rows.filter((other) => refused(other) && other.after === row.id)) await save(next, { state: "waiting" });
      await changed();
      flush();
    },
    tell: async (row) => { await save(row, { id: row.id, kind: "message", state: "waiting", version: undefined, after: undefined }); await changed(); flush(); },
  };

  /* Sending: in order, one tab at a time, again and again until there is an answer. */
  let timer, pause = 0, sending;
  const soon = () => { const stop = new AbortController(); setTimeout(() => stop.abort(), 25000); return stop.signal; };
  function flush() {
    clearTimeout(timer);
    if (!rows.some(waits)) return Promise.resolve();
    sending = sending || alone(sendAll).then(() => { pause = 0; return true; }, later).then(async (well) => {
      sending = null;
      await changed();
      if (well) await flush(); // for what was taken at the last moment
    });
    return sending;
  }
  function later(error) {
    const signedOut = error.status === 401 || error.status === 403;
    one("[data-sign-in]", panel).hidden = !signedOut;
    if (signedOut) return;
    pause = Math.min(2 * pause || 4, 300);
    timer = setTimeout(flush, pause * (800 + Math.random() * 400));
  }

  async function sendAll() {
    await load();
    if (!rows.some(waits)) return;
    const who = await ask(words.who, { signal: soon() }); // a signal, and still the same person
    if (who.id !== document.body.dataset.me) throw Object.assign(new Error("somebody else"), { status: 403 });
    one("[data-sign-in]", panel).hidden = true;
    let done, last, trouble;
    while (!trouble && rows.some(waits)) {
      const ready = [];
      for (const row of rows.filter(waits).slice(0, AT_ONCE)) {
        try { if (await photosSent(row)) ready.push(row); } catch (error) { trouble = error; break; }
      }
      for (const [row, result] of ready.length ? await answers(ready) : []) {
        if (result.result === "done") done = row.internal ? words.noted : words.sent;
        if (result.result === "done" && row.kind !== "message") last = row;
        if (result.result === "done") await save(row, { state: "done", version: result.issue.version, photos: [], text: "" });
        else await save(row, { state: "refused", code: result.code, why: ((result.errors || [])[0] || {}).message || result.detail, now: result.issue });
      }
      await load();
    }
    if (done) await refresh(done, last);
    if (trouble) throw trouble;
  }

  /* True when all of a step's photos are there; false when one never will be, so that the step is refused. */
  async function photosSent(row) {
    for (const photo of row.photos.filter((each) => !each.id)) {
      try {
        photo.id = await sendPhoto(words.photos, photo.blob, photo.key, () => {});
      } catch (error) {
        const storage = /^\d+$/.test(error.message), said = error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status);
        if (storage) Object.assign(photo, { key: key(), tries: (photo.tries || 0) + 1 }); // the place to send it to may be too old
        if (!said && !(photo.tries > 2)) { await save(row, {}); throw error; }
        await save(row, { state: "refused", code: "photo", why: error.told || words.photo });
        return false;
      }
      await save(row, {});
    }
    return true;
  }

  const wire = (row) => Object.assign(
    { id: row.id, issue_id: row.issue, at: new Date(row.at).toISOString(), photo_ids: row.photos.map((photo) => photo.id) },
    row.kind === "message" ? { message: row.text, internal: row.internal } : { to: row.kind, note: row.text, version: row.version, after: row.after },
    row.kind === "paused" ? { pause_reason: row.reason, visit_at: row.visit || undefined } : {});

  /* Each row with what became of it; one that can't be read at all must not keep the others back. */
  async function answers(ready) {
    try {
      const said = await ask(words.to, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ steps: ready.map(wire) }), signal: soon() });
      return ready.map((row) => [row, said.items.find((item) => item.id === row.id)]);
    } catch (error) {
      if (![400, 413, 422].includes(error.status)) throw error;
      if (ready.length === 1) return [[ready[0], { result: "refused", code: "invalid", detail: error.told }]];
      const found = [];
      for (const row of ready) found.push(...await answers([row]));
      return found;
    }
  }

  /* The last step, while it can be taken back: its seconds count from when it was taken. */
  function undoable(step, spot) {
    const form = template("form", "undo"), left = Math.floor(form.dataset.left - (Date.now() - step.at) / 1000);
    if (left < 1) return;
    form.action = words.jobs + step.issue + "/undo";
    form.elements.version.value = step.version;
    form.dataset.left = left;
    spot.append(form);
  }

  /* The page as it is since; not under the fingers of somebody who is filling in a form. */
  async function refresh(said, step) {
    const note = template("form", "sent"), old = one("#today, #job"), at = document.activeElement;
    one("div span", note).textContent = said;
    if (step) undoable(step, one("div", note));
    all("main > .note.good").forEach((before) => before.remove());
    panel.after(note);
    enliven(note);
    if (!old || old.closest("[data-split]") || one(".task-form", old) || (at && /TEXTAREA|INPUT|SELECT/.test(at.tagName))) return;
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
    const loaded = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(old.id);
    if (!loaded) return;
    old.replaceWith(loaded);
    enliven(loaded);
  }

  /* Whoever signs out is told what would be lost. */
  let leaver;
  const leave = () => { leaver.dataset.sure = "1"; one("button", leaver).click(); };
  document.addEventListener("submit", (event) => {
    const count = rows.filter(unsent).length, box = one("[data-leaving]", panel);
    if (!event.target.action.includes("/me/sign-out") || event.target.dataset.sure || !count) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leaver = event.target;
    fill(one("[data-leaving-words]", box), count === 1 ? words.leaveOne : say(words.leaveMany, { n: count }));
    panel.hidden = box.hidden = false;
    box.focus();
    box.scrollIntoView({ block: "center" });
  }, true);
  one("[data-send-first]", panel).addEventListener("click", async () => { await flush(); if (!rows.some(unsent)) leave(); });
  one("[data-throw-all]", panel).addEventListener("click", async () => { await kept.clear(); rows = []; leave(); });

  part("[data-job]", showJob);
  window.portal.steps = { store: STEPS, words, all: () => rows, load, show, showJob, waits, lastOf, statusOf, fill, template, typedKey, draft, flush, tell: () => drawer.keep("steps-changed", key()) };
  const start = () => load().then(() => { show(); return flush(); }).catch(() => {});
  window.addEventListener("online", () => { pause = 0; flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) start(); });
  start();
})();
