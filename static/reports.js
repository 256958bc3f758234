/* Reports that are kept on this phone while they are written, with their photos, and sent by themselves once there is a signal.
   A report's id is made here: it is the draft's id on the server and the key of the report, so it becomes one issue
   whichever way it goes and however often it is sent. */
(function () {
  "use strict";
  const { all, one, say, drawer, part, leaving, ask, kept, sendPhoto } = window.portal;
  const setup = one("template[data-reports]");
  if (!setup) return;
  const STORE = "reports", PAUSES = [5, 15, 45, 120, 300], PATIENCE = 12000;
  const FIELDS = ["unit_id", "category_id", "description", "location", "area"];
  let inCharge = "", waiting = "", pumping = false, tries = 0, timer = 0;

  const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  function newId() {
    let time = Date.now(), head = "";
    for (let n = 0; n < 10; n++) { head = LETTERS[time % 32] + head; time = Math.floor(time / 32); }
    return head + Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => LETTERS[byte % 32]).join("");
  }

  /* What is kept: one row for a report, one for each of its photos. */
  const rows = async () => (await kept.all(STORE)).filter((row) => !row.of);
  const photosOf = async (id) => new Map((await kept.all(STORE)).filter((row) => row.of === id).map((row) => [row.key, row.blob]));
  async function drop(id) {
    const mine = (await kept.all(STORE)).filter((row) => row.id === id || row.of === id);
    mine.filter((row) => !row.of).forEach((row) => drawer.keep("typed-report-" + row.report.category_id, ""));
    await Promise.all(mine.map((row) => kept.drop(STORE, row.id)));
    return mine;
  }
  function keeper(row) {
    const saved = new Map();
    let last = Promise.resolve();
    const write = async (jobs) => {
      if (jobs) {
        const here = jobs.map((job) => job.key || job.id);
        row.photos.filter((photo) => !here.includes(photo.key)).forEach((photo) => kept.drop(STORE, row.id + "/" + photo.key));
        row.photos = jobs.map((job) => ({ key: job.key || job.id, id: job.id }));
        for (const job of jobs) {
          if (!job.file || saved.get(job.key) === job.file) continue;
          saved.set(job.key, job.file);
          await kept.put(STORE, { id: row.id + "/" + job.key, of: row.id, key: job.key, blob: job.file });
        }
      }
      await kept.put(STORE, row);
    };
    return (jobs) => { last = last.catch(() => {}).then(() => write(jobs)); return last; };
  }
  /* Photos that were picked before come back; those that the server has got already are there. */
  async function bringBack(row, box) {
    const blobs = await photosOf(row.id), there = box.photos.jobs.map((job) => job.id);
    row.photos.filter((photo) => blobs.has(photo.key) && !(photo.id && there.includes(photo.id)))
      .forEach((photo) => box.photos.put(blobs.get(photo.key), photo.key, photo.id));
  }

  /* Sends a form as the browser would, but notices when nobody answers. Gives back where it leads, nothing for a page of
     its own (an error, signing in), null without a network. The draft's id makes sending again harmless. */
  async function post(form) {
    const stop = window.AbortController && new AbortController(), late = stop && setTimeout(() => stop.abort(), PATIENCE);
    const body = new URLSearchParams(new FormData(form)), headers = { Accept: "text/html" };
    try {
      const answer = await fetch(form.action, Object.assign({ method: "POST", credentials: "same-origin", headers, body }, stop && { signal: stop.signal }));
      return answer.redirected && answer.ok ? answer.url : "";
    } catch (error) {
      return null;
    } finally { clearTimeout(late); }
  }
  function rest(form, working) {
    if (working) form.dataset.sent = "1"; else delete form.dataset.sent;
    all("button", form).forEach((button) => (working ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy")));
  }

  function panel() {
    const shown = one("[data-kept-panel]");
    all("main > *").forEach((part) => { if (part !== shown && !part.matches(".stale")) part.hidden = true; });
    shown.hidden = false;
    shown.focus();
    window.scrollTo(0, 0);
  }
  /* Send was pressed: from here on it goes by itself. */
  async function handOver(row, save, jobs) {
    row.state = "ready";
    row.why = "";
    await save(jobs);
    drawer.keep("typed-report-" + row.report.category_id, "");
    if (navigator.storage && navigator.storage.persist && !/Firefox/.test(navigator.userAgent)) navigator.storage.persist().catch(() => {});
    inCharge = "";
    waiting = row.id;
    panel();
    tries = 0;
    await pump();
  }

  /* The form: whatever is typed is kept at once. Without a network its last step, photos and sending, is on the page too. */
  part("form[data-report]", (form) => {
    const local = one("[data-local]"), box = one("[data-picker]", local), area = form.elements.description;
    const known = form.elements.draft_id ? form.elements.draft_id.value : "", asked = (/^#d-(\w{26})$/.exec(location.hash) || [])[1];
    const report = () => {
      const data = new FormData(form), found = {};
      FIELDS.concat((form.dataset.fields || "").split(" ").filter(Boolean)).forEach((name) => { found[name] = (data.get(name) || "").replace(/\r\n/g, "\n").trim() || null; });
      found.description = found.description || "";
      found.visit_windows = data.getAll("windows").map((text) => text.split("/")).map(([start, end]) => ({ start, end }));
      return found;
    };
    const fill = (from) => {
      const windows = from.visit_windows.map((slot) => slot.start + "/" + slot.end);
      Array.from(form.elements).forEach((field) => {
        if (field.name === "windows") field.checked = windows.includes(field.value);
        else if (field.type === "radio") field.checked = from[field.name] === field.value;
        else if (field.name === "location" || (field.name === "description" && (asked || !field.value.trim()))) field.value = from[field.name] || "";
      });
    };
    let row = null, save = null, later = 0;
    function begin(found) {
      row = found || { id: known || newId(), state: "typing", name: form.dataset.name, page: form.dataset.page, photos: [], why: "" };
      const field = form.elements.draft_id || document.createElement("input");
      Object.assign(field, { type: "hidden", name: "draft_id", value: row.id });
      form.appendChild(field);
      inCharge = row.id;
      save = keeper(row);
    }
    const ready = rows().then((mine) => {
      const typed = mine.filter((one) => one.state !== "ready" && one.report.category_id === form.dataset.report).pop();
      const found = mine.find((one) => one.id === (asked || known)) || (known || asked || row || area.value.trim() ? null : typed);
      const same = found || (!known && !row && typed && typed.report.description === area.value.trim() ? typed : null);
      if (!same) return;
      begin(same);
      if (!known) fill(row.report);
      if (row.why) tell("problem", { name: row.name, why: row.why }, "");
      if (!asked && !known) again();
    }).catch(() => {});
    /* A report begun earlier comes back; another one of the same kind is a tap away. */
    function again() {
      const note = one("template[data-again]").content.firstElementChild.cloneNode(true);
      one("button", note).addEventListener("click", () => {
        note.remove();
        form.elements.draft_id.remove();
        form.reset();
        area.value = "";
        area.dispatchEvent(new Event("input", { bubbles: false }));
        row = null;
        area.focus();
      });
      form.before(note);
    }
    const keep = (jobs) => {
      if (!row) begin();
      row.report = report();
      if (row.state === "problem") row.state = "typing";
      return save(jobs);
    };
    const soon = () => { clearTimeout(later); later = setTimeout(() => keep().catch(() => {}), 250); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    window.addEventListener("pagehide", () => { if (row && later) keep().catch(() => {}); });

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.sent) return;
      rest(form, true);
      leaving(form);
      await ready;
      clearTimeout(later);
      const safe = await keep().then(() => true, () => false);
      const target = navigator.onLine === false && safe ? null : await post(form);
      if (target) { location.href = target; return; }
      if (target === null && safe) { rest(form, false); lastStep(); } else form.submit();
    });
    async function lastStep() {
      if (!area.value.trim()) return complain(area);
      if (form.elements.area && new FormData(form).get("area") === "public" && !form.elements.location.value.trim()) return complain(form.elements.location);
      one(".send", form).hidden = true;
      if (local.hidden) await bringBack(row, box);
      local.hidden = false;
      local.scrollIntoView();
      one("h2", local).focus();
    }
    function complain(field) {
      field.setCustomValidity(local.dataset.missing);
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
      field.reportValidity();
    }
    box.addEventListener("photos", () => keep(box.photos.jobs).catch(() => {}));
    one("[data-keep-send]", local).addEventListener("click", async (event) => {
      if (event.currentTarget.getAttribute("aria-busy")) return;
      event.currentTarget.setAttribute("aria-busy", "true");
      const jobs = box.photos.jobs.filter((job) => !job.final);
      await Promise.all(jobs.map((job) => job.ready));
      row.report = report();
      handOver(row, save, jobs).catch(() => { one(".picker-status", box).textContent = local.dataset.full; });
    });
  });

  /* The page before sending: with a network it is sent as it stands, else it waits on this phone. */
  part("form[data-deliver]", (form) => {
    const box = one("[data-picker]"), id = form.dataset.deliver, button = one("button", form);
    let row = { id, state: "typing", name: form.dataset.name, page: form.dataset.page, photos: [], why: "" }, save = keeper(row);
    inCharge = id;
    const ready = kept.get(STORE, id).then((found) => { if (found) { row = found; save = keeper(row); } }).catch(() => {})
      .then(() => { row.report = JSON.parse(form.dataset.with); row.state = "typing"; return bringBack(row, box); }).catch(() => {});
    const keep = () => ready.then(() => save(box.photos.jobs.filter((job) => !job.final)));
    const give = () => {
      box.photos.stop();
      const jobs = box.photos.jobs.filter((job) => !job.final);
      return Promise.all(jobs.map((job) => job.ready)).then(() => handOver(row, save, jobs)).catch(() => form.submit());
    };
    box.addEventListener("photos", () => keep().catch(() => {}));
    box.addEventListener("photo-waits", (event) => { if (event.detail) give(); });
    /* Before the picker's own word, which lets the button wait for the photos. */
    button.addEventListener("click", (event) => {
      if (navigator.onLine !== false && !(box.dataset.busy && box.photos.jobs.some((job) => job.at > Date.now()))) return;
      event.preventDefault();
      event.stopPropagation();
      ready.then(give);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.sent) return;
      rest(form, true);
      leaving(form);
      await ready;
      row.state = "ready"; // should the page be closed now, it goes by itself
      const safe = await keep().then(() => true, () => false);
      const target = await post(form);
      if (target) { await drop(id).catch(() => {}); location.href = target; return; }
      drawer.keep("sending-report", id);
      if (target === null && safe) { rest(form, false); give(); } else form.submit();
    });
  });

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
    for (const photo of row.photos.filter((one) => !one.id && one.key.endsWith("x"))) {
      await kept.put(STORE, { id: row.id + "/" + photo.key, of: row.id, key: photo.key, blob: blobs.get(photo.key.replace(/x+$/, "")) });
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
    all("[data-unsent-count]").forEach((line) => { line.hidden = !mine.length; line.textContent = say(line.dataset.unsentCount, { n: mine.length }); });
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
  window.addEventListener("online", () => { tries = 0; pump(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) pump(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) pump(); });
})();
