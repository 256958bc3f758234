/* Writing a report: everything typed and every photo is kept on this phone at once. With a network the last step is the next
   page; without one it is on the form's own page, and what is sent there waits on this phone. */
(function () {
  "use strict";
  const { all, one, drawer, part, enliven, leaving, kept, reports } = window.portal;
  if (!reports) return;
  const { STORE, rows, photosOf, drop, tell } = reports;
  const PATIENCE = 12000, FIELDS = ["unit_id", "category_id", "description", "location", "area"];

  const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  function newId() {
    let time = Date.now(), head = "";
    for (let n = 0; n < 10; n++) { head = LETTERS[time % 32] + head; time = Math.floor(time / 32); }
    return head + Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => LETTERS[byte % 32]).join("");
  }

  /* Writes a report's row, and a row for each photo that is new, one change after the other. */
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
    all("main > *").forEach((part) => { part.hidden = part !== shown; });
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
    panel();
    await reports.hand(row);
  }

  /* The form: whatever is typed is kept at once. Without a network its last step, photos and sending, is on the page too. */
  part("form[data-report]", (form) => {
    const step = one("template[data-local-step]"), area = form.elements.description;
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
      reports.wants(row.id);
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
      const local = step.content.firstElementChild.cloneNode(true);
      form.after(local);
      enliven(local);
      await bringBack(row, one("[data-picker]", local));
      finish(local);
      local.scrollIntoView();
      one("h2", local).focus();
    }
    function complain(field) {
      field.setCustomValidity(step.dataset.missing);
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
      field.reportValidity();
    }
    function finish(local) {
      const box = one("[data-picker]", local);
      box.addEventListener("photos", () => keep(box.photos.jobs).catch(() => {}));
      one("[data-keep-send]", local).addEventListener("click", async (event) => {
        if (event.currentTarget.getAttribute("aria-busy")) return;
        event.currentTarget.setAttribute("aria-busy", "true");
        const jobs = box.photos.jobs.filter((job) => !job.final);
        await Promise.all(jobs.map((job) => job.ready));
        row.report = report();
        handOver(row, save, jobs).catch(() => { one(".picker-status", box).textContent = step.dataset.full; });
      });
    }
  });

  /* The page before sending: with a network it is sent as it stands, else it waits on this phone. */
  part("form[data-deliver]", (form) => {
    const box = one("[data-picker]"), id = form.dataset.deliver, button = one("button", form);
    let row = { id, state: "typing", name: form.dataset.name, page: form.dataset.page, photos: [], why: "" }, save = keeper(row);
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
})();
