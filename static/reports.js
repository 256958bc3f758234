/* Reports that wait on this phone: sent by themselves once there is a signal, each of them once, and listed until then.
   A report's id is made on the phone (writing.js): it is the draft's id on the server and the key of the report, so it
   becomes one issue whichever way it goes and however often it is sent. */
(function () {
  "use strict";
  const { all, one, say, drawer, ask, kept, sendPhoto } = window.portal;
  const setup = one("template[data-reports]");
  if (!setup) return;
  const STORE = "reports", PAUSES = [5, 15, 45, 120, 300];
  /* The report on the page is the page's to send; the one that its panel speaks of leads on when it has arrived. */
  const open = one("form[data-deliver]");
  let inCharge = open ? open.dataset.deliver : "", waiting = "", pumping = false, tries = 0, timer = 0;

  /* What is kept: one row for a report, one for each of its photos. */
  const rows = async () => (await kept.all(STORE)).filter((row) => !row.of);
  const photosOf = async (id) => new Map((await kept.all(STORE)).filter((row) => row.of === id).map((row) => [row.key, row.blob]));
  async function drop(id) {
    const mine = (await kept.all(STORE)).filter((row) => row.id === id || row.of === id);
    mine.filter((row) => !row.of).forEach((row) => drawer.keep("typed-report-" + row.report.category_id, ""));
    await Promise.all(mine.map((row) => kept.drop(STORE, row.id)));
    return mine;
  }
  /* Sending what is ready, one report after the other, in one tab at a time. */
  const alone = (work) => (navigator.locks ? navigator.locks.request("reports", { ifAvailable: true }, (lock) => (lock ? work() : null)) : work());
  async function pump() {
    if (pumping) return;
    pumping = true;
    clearTimeout(timer);
    try {
      await alone(async () => {
        const due = (await rows()).filter((row) => row.state === "ready" && row.id !== inCharge);
        for (const row of due) if (!(await deliver(row))) break;
      });
    } catch (error) { /* no store on this phone: nothing is kept, so nothing is to be sent */ }
    pumping = false;
    list();
  }
  const later = (seconds) => { clearTimeout(timer); timer = setTimeout(() => pump(), 1000 * (seconds || PAUSES[Math.min(tries++, PAUSES.length - 1)])); };

  async function deliver(row) {
    if (row.not_before > Date.now()) { later((row.not_before - Date.now()) / 1000 + 1); return true; }
    if (navigator.onLine === false) return false; // "online" begins anew
    try {
      const blobs = await photosOf(row.id);
      for (const photo of row.photos.filter((one) => !one.id && blobs.has(one.key))) {
        photo.id = await sendPhoto(setup.dataset.photos, blobs.get(photo.key), photo.key);
        await kept.put(STORE, row);
      }
      const body = JSON.stringify(Object.assign({}, row.report, { photo_ids: row.photos.map((photo) => photo.id).filter(Boolean) }));
      const headers = { "Content-Type": "application/json", "Idempotency-Key": row.id };
      await sent(row, await ask(setup.dataset.issues, { method: "POST", headers, body }));
      return true;
    } catch (error) { return refused(row, error); }
  }
  async function refused(row, error) {
    if (error.code === "idempotency_mismatch" && (await sentBefore(row))) return true;
    if (error.status === 401) { tell("sign-in", {}, setup.dataset.login); return false; }
    if (!error.status || error.status === 408 || error.status === 429 || error.status >= 500) {
      if (error.wait) { row.not_before = Date.now() + 1000 * error.wait; await kept.put(STORE, row); }
      later(error.wait);
      return false;
    }
    if ((error.errors || []).some((one) => one.field === "photo_ids") && (await mended(row))) return deliver(row);
    row.state = "problem";
    row.why = (error.errors || []).map((one) => one.message).join(" ") || error.told || "";
    await kept.put(STORE, row);
    tell("problem", { name: row.name, why: row.why }, row.page + "#d-" + row.id);
    return true;
  }
  /* It went by its page, and only the answer got lost: the page knows which issue it became. */
  async function sentBefore(row) {
    const answer = await fetch(setup.dataset.drafts + row.id + "/send", { method: "POST", credentials: "same-origin" }).catch(() => null);
    const found = answer && answer.redirected && /\/issues\/(\w{26})/.exec(answer.url);
    if (found) await sent(row, { id: found[1] });
    return Boolean(found);
  }
  /* Photos go after two days when nothing came of them: they are sent again. Those that can't be used stay behind. */
  async function mended(row) {
    let changed = false;
    for (const photo of row.photos.filter((one) => one.id)) {
      const now = await ask(setup.dataset.photos + "/" + photo.id).catch((error) => ({ status: error.status === 404 ? "gone" : "" }));
      if (now.status === "gone") { photo.id = ""; photo.key += "x"; }
      if (now.status === "rejected") row.photos = row.photos.filter((one) => one !== photo);
      changed = changed || now.status === "gone" || now.status === "rejected";
    }
    const blobs = await photosOf(row.id);
    for (const photo of row.photos.filter((one) => !one.id && !blobs.has(one.key))) {
      const blob = blobs.get(photo.key.slice(0, -1));
      if (blob) await kept.put(STORE, { id: row.id + "/" + photo.key, of: row.id, key: photo.key, blob });
    }
    await kept.put(STORE, row);
    return changed && !(row.mended = (row.mended || 0) + 1 > 2);
  }
  async function sent(row, issue) {
    tries = 0;
    await drop(row.id);
    const address = setup.dataset.page + issue.id;
    if (row.id === waiting) location.href = address + "?sent=1";
    else tell("sent", { name: row.name }, address);
  }
  function tell(name, values, address) {
    const note = one(`[data-tell="${name}"]`, setup.content).cloneNode(true), words = one("[data-words]", note), link = one("a", note);
    words.textContent = say(words.dataset.words, values);
    if (address) link.href = address; else link.remove();
    all(`main > [data-tell="${name}"]`).forEach((old) => old.remove());
    one("main").prepend(note);
  }

  /* "Not sent yet", where somebody looks for their reports. */
  async function list() {
    const mine = await rows().catch(() => []);
    all("[data-unsent]").forEach((box) => {
      const spot = one("ul", box), gone = all(".gone", spot);
      spot.replaceChildren(...mine.reverse().map((row) => item(box, row)), ...gone);
      box.hidden = !spot.children.length;
    });
  }
  function item(box, row) {
    const entry = one("template", box).content.firstElementChild.cloneNode(true), words = box.dataset;
    one("strong", entry).textContent = row.name;
    one(".badge", entry).textContent = words[row.state] || words.typing;
    one("[data-text]", entry).textContent = row.report.description;
    one("[data-more]", entry).textContent = row.why || (row.photos.length ? say(words.photos, { n: row.photos.length }) : "");
    const go = one("a", entry), now = one("[data-now]", entry);
    go.href = row.page + "#d-" + row.id;
    go.hidden = row.state === "ready";
    now.hidden = row.state !== "ready";
    now.addEventListener("click", () => { tries = 0; row.not_before = 0; kept.put(STORE, row).then(() => pump()); });
    one("[data-delete]", entry).addEventListener("click", async () => {
      const taken = await drop(row.id), undo = one("[data-undo]", entry);
      all(":scope > :not([data-deleted])", entry).forEach((part) => { part.hidden = true; });
      entry.classList.add("gone");
      one("[data-deleted]", entry).hidden = false;
      undo.addEventListener("click", () => Promise.all(taken.map((one) => kept.put(STORE, one))).then(() => { entry.remove(); list(); }));
      undo.focus();
    });
    return entry;
  }

  /* A link to a kept report from the very page that it was written on. */
  window.addEventListener("hashchange", () => { if (/^#d-/.test(location.hash)) location.reload(); });

  /* A page that thanks for the report that was on its way: it has arrived. */
  const thanked = one("main > .note.good") && drawer.read("sending-report");
  if (thanked) drawer.keep("sending-report", "");
  (thanked ? drop(thanked).catch(() => {}) : Promise.resolve()).then(() => pump());
  Object.assign(window.portal, {
    reports: {
      STORE, rows, photosOf, drop, tell, wants: (id) => { inCharge = id; },
      send: () => { tries = 0; return pump(); },
      /* Send was pressed: from here on it goes by itself. */
      async hand(row) { inCharge = ""; waiting = row.id; tries = 0; await pump(); },
    },
  });
  window.addEventListener("online", () => { tries = 0; pump(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) pump(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) pump(); });
})();
