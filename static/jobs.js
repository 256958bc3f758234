/* A technician's jobs: their forms, photos and calls. What is done is handed to steps.js, which keeps and sends it. */
(function () {
  "use strict";
  const { all, one, say, part, enliven, drawer, key, ask, kept, steps } = window.portal;
  if (!steps) return;
  const { store, words, load, show, showJob, waits, lastOf, statusOf, fill, template, typedKey, draft, flush, tell } = steps;
  const MAX_PHOTOS = 9;
  const COMES_FROM = { in_progress: ["assigned", "paused"], assigned: ["paused"], paused: ["assigned", "in_progress"], resolved: ["in_progress"] };

  /* Taking a step: kept first, then sent. */
  const value = (form, name) => { const field = form.elements[name]; return field && (field.type !== "checkbox" || field.checked) ? field.value.trim() : ""; };
  const shotsOf = (form) => form.shots || all("[name=photo_ids]", form).map((field) => ({ id: field.value })); // sent already, without script
  function kindOf(form, job) {
    if (form.dataset.kind) return form.dataset.kind;
    if (form.action.endsWith(job.dataset.job + "/message")) return "message";
    const to = form.action.endsWith(job.dataset.job + "/transition") && value(form, "to");
    return to in COMES_FROM ? to : "";
  }
  function lacks(form, job, kind) {
    if (kind === "message" && !value(form, "text")) return words.text;
    if (kind === "resolved" && "proof" in job.dataset && !shotsOf(form).length) return words.proof;
    if (kind === "paused" && !value(form, "pause_reason")) return words.reason;
    if (kind === "paused" && value(form, "pause_reason") === "appointment" && !value(form, "visit_at")) return words.visit;
    return "";
  }
  function complain(form, why) {
    let spot = one(".why[role]", form);
    if (!spot) {
      spot = document.createElement("p");
      spot.className = "why";
      spot.setAttribute("role", "alert");
      all("button", form).pop().before(spot);
    }
    fill(spot, why);
  }

  async function take(form, job, kind) {
    await load();
    const before = lastOf(job), visit = value(form, "visit_at"), issue = job.dataset.job;
    if (kind !== "message" && !COMES_FROM[kind].includes(statusOf(job))) return; // taken already, here or in another tab
    const row = {
      id: key(), issue, kind, state: "waiting", label: job.dataset.label,
      at: Math.max(Date.now(), 1 + Math.max(0, ...steps.all().map((other) => other.at))),
      text: value(form, kind === "message" ? "text" : "note"), photos: shotsOf(form),
      reason: value(form, "pause_reason"), internal: Boolean(value(form, "internal")),
      visit: visit && kind === "paused" ? visit + ":00" + job.dataset.offset : "",
    };
    if (kind !== "message") Object.assign(row, before && waits(before) ? { after: before.id } : { version: before ? before.version : Number(job.dataset.version) });
    await kept.put(store, row);
    await kept.drop(store, draft(issue, kind).id);
    drawer.keep(typedKey(issue, kind), "");
    all("textarea", form).forEach((area) => { area.value = ""; });
    if (form.classList.contains("task-form")) form.remove();
    else if (form.closest("details")) form.closest("details").open = false;
    await load();
    all("[data-job]").forEach(showJob);
    tell();
    await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 600))]); // with a signal nothing has to wait
    show();
  }

  /* These are kept here or answered here, so that nothing else stops them where there is no signal. */
  part("[data-job] form, form[data-call]", (form) => {
    const job = form.closest("[data-job]");
    if (form.dataset.call || form.action.endsWith("/claim") || (job && !form.closest("[data-split]") && kindOf(form, job))) form.dataset.offline = "";
  });
  document.addEventListener("submit", (event) => {
    const form = event.target, job = form.closest("[data-job]");
    if (form.dataset.call) { event.preventDefault(); call(form); return; }
    if (form.action.endsWith("/claim") && !navigator.onLine) { event.preventDefault(); complain(form, words.signal); return; }
    const kind = job && !form.closest("[data-split]") && kindOf(form, job);
    if (!kind) return;
    event.preventDefault();
    if (form.dataset.taking) return;
    const why = lacks(form, job, kind);
    complain(form, why);
    if (why) return;
    form.dataset.taking = "1";
    take(form, job, kind).catch((error) => complain(form, String(error.message || error))).then(() => { delete form.dataset.taking; });
  }, true);

  /* Whom to call: asked for each time, so that the look is recorded, and kept nowhere. */
  async function call(form) {
    const found = await ask(form.dataset.call, { method: "POST" }).catch((error) => { complain(form, error.told || words.signal); });
    if (!found) return;
    const link = document.createElement("a");
    link.className = "btn main big stacked";
    link.href = "tel:" + found.phone;
    link.textContent = found.name + " " + found.phone;
    form.replaceWith(link);
    link.focus();
  }

  /* The forms of a job open in its card. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest && event.target.closest("[data-opens]"), job = opener && opener.closest("[data-job]");
    if (event.target.closest && event.target.closest("[data-shut]")) event.target.closest("form").remove();
    if (!job) return;
    event.preventDefault();
    const kind = opener.dataset.opens, open = one(".task-form", job), again = open && open.dataset.kind === kind;
    all(".task-form").forEach((form) => form.remove());
    if (again) return;
    const form = template("form", kind), area = one("textarea", form);
    form.dataset.kind = kind;
    area.dataset.keep = typedKey(job.dataset.job, kind).slice(6);
    one("[data-form-here]", job).appendChild(form);
    pictures(form, job, kind);
    enliven(form);
    const visit = one("[data-if-visit]", form);
    if (visit) form.addEventListener("change", () => { visit.hidden = value(form, "pause_reason") !== "appointment"; });
    form.scrollIntoView({ block: "nearest" });
    form.focus({ preventScroll: true });
  });

  /* Photos of a form, on the phone until they are sent: the camera is one tap away. */
  async function pictures(form, job, kind) {
    const spot = one("[data-shots-here]", form) || one("[data-picker]", form), id = draft(job.dataset.job, kind).id;
    if (!spot || one("[name=photo_ids]", spot)) return;
    const box = template("form", "shots"), list = one("ul", box);
    spot.replaceWith(box);
    form.shots = [];
    const keep = () => kept.put(store, draft(job.dataset.job, kind, form.shots)).catch(() => {});
    const add = (photo) => {
      const item = template("form", "shot");
      form.shots.push(photo);
      one("img", item).src = URL.createObjectURL(photo.blob);
      one("button", item).addEventListener("click", () => { form.shots.splice(form.shots.indexOf(photo), 1); item.remove(); keep(); });
      list.appendChild(item);
    };
    all("input", box).forEach((input) => input.addEventListener("change", () => {
      const room = MAX_PHOTOS - form.shots.length;
      complain(form, input.files.length > room ? say(words.full, { n: MAX_PHOTOS }) : "");
      Array.from(input.files).slice(0, room).forEach((blob) => add({ blob, key: key() }));
      input.value = "";
      keep();
    }));
    const before = await kept.get(store, id).catch(() => null);
    if (before && before.who === document.body.dataset.me) before.photos.forEach(add);
  }
  part("[data-job] form", (form) => {
    const job = form.closest("[data-job]"), kind = !form.closest("[data-split]") && kindOf(form, job);
    if (kind && one("[data-picker]", form)) pictures(form, job, kind);
  });
})();
