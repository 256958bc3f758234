/* Picking photos: several at once, each with its progress, in any order, again by themselves when the network is back. */
(function () {
  "use strict";
  const { all, one, say, part, key, sendPhoto, shrink, watchPhoto } = window.portal;

  /* Photos are shrunk one after the other and sent three at a time. What else cares for them, such as a report that is kept
     on this phone, reads `box.photos` and hears "photos" on every change. */
  const AT_ONCE = 3, MAX_BYTES = 20 * 1024 * 1024;

  function picker(box) {
    const words = one("[data-words]", box).dataset, status = one(".picker-status", box), list = one(".photos", box);
    const adds = all(".picker-add", box), start = box.dataset.start, max = Number(box.dataset.max);
    if (!adds.length) return;
    const input = document.createElement("input");
    Object.assign(input, { type: "file", accept: "image/*", multiple: true, hidden: true });
    input.setAttribute("aria-hidden", "true");
    box.appendChild(input);
    const jobs = all("[data-photo]", list).map((item) => ({ item, id: item.dataset.photo, done: true }));
    let busy = 0, pause = 0, wanted = null;

    const told = () => box.dispatchEvent(new CustomEvent("photos", { bubbles: true }));
    function show() {
      adds.forEach((add) => { add.hidden = jobs.length >= max || (add.dataset.camera !== undefined && !window.matchMedia("(pointer: coarse)").matches); });
      jobs.forEach((job, at) => {
        one(".earlier", job.item).setAttribute("aria-disabled", at === 0);
        one(".later", job.item).setAttribute("aria-disabled", at === jobs.length - 1);
      });
      box.dataset.busy = jobs.some((job) => !job.done && !job.final) ? "1" : "";
    }
    adds.forEach((add) => one("button", add).addEventListener("click", (event) => {
      event.preventDefault();
      const camera = add.dataset.camera !== undefined;
      input.multiple = !camera;
      if (camera) input.setAttribute("capture", "environment"); else input.removeAttribute("capture");
      input.click();
    }));
    input.addEventListener("change", () => {
      Array.from(input.files).forEach((file) => {
        if (jobs.length >= max) status.textContent = words.full;
        else put(file, key());
      });
      input.value = "";
    });

    /* A photo on its way; one with an id has been sent before and is only put to the draft. */
    function put(file, once, id) {
      const item = one("template", box).content.firstElementChild.cloneNode(true), job = { file, item, key: once, id };
      list.insertBefore(item, adds[0]);
      jobs.push(job);
      one(".drop", item).addEventListener("click", () => drop(job));
      one(".again", item).addEventListener("click", () => { pause = 0; job.at = 0; pump(); });
      movable(job);
      job.ready = shrink(file).then((small) => {
        const image = document.createElement("img");
        image.alt = "";
        image.onload = () => { one(".photo", item).prepend(image); URL.revokeObjectURL(image.src); };
        image.src = URL.createObjectURL(small);
        job.file = small;
        told();
      });
      show();
      pump();
      return job;
    }
    async function drop(job) {
      if (job.id && box.dataset.attach) {
        const gone = await fetch(start + "/" + job.id, { method: "DELETE", credentials: "same-origin" }).catch(() => null);
        if (!gone) { tell(job, words.offline); return; }
      }
      job.gone = true;
      jobs.splice(jobs.indexOf(job), 1);
      job.item.remove();
      show();
      told();
      one("button", adds[0]).focus();
    }
    function movable(job) {
      [["earlier", -1], ["later", 1]].forEach(([name, step]) => one("." + name, job.item).addEventListener("click", (event) => {
        event.preventDefault();
        const from = jobs.indexOf(job), to = from + step, other = jobs[to];
        if (!other) return;
        jobs.splice(from, 1);
        jobs.splice(to, 0, job);
        if (step < 0) other.item.before(job.item); else other.item.after(job.item);
        event.currentTarget.focus();
        status.textContent = say(words.place, { n: to + 1, of: jobs.length });
        show();
        told();
        clearTimeout(box.ordering);
        box.ordering = setTimeout(order, 400);
      }));
    }
    const post = async (address, fields) => {
      const answer = await fetch(address, { method: "POST", credentials: "same-origin", redirect: "manual", body: new URLSearchParams(fields) });
      if (!answer.ok && answer.type !== "opaqueredirect") throw Object.assign(new Error(answer.status), { status: answer.status });
    };
    const ids = () => jobs.filter((job) => job.id).map((job) => job.id);
    const order = () => box.dataset.order && post(box.dataset.order, ids().map((id) => ["photo_ids", id])).catch(() => { pause = pause || 3; setTimeout(order, pause * 1000); });

    function pump() {
      if (!box.isConnected) return;
      const due = jobs.filter((job) => !job.done && !job.final && !job.sending && !(job.at > Date.now()));
      if (navigator.onLine === false) due.forEach((job) => tell(job, words.offline));
      else due.slice(0, AT_ONCE - busy).forEach((job) => { busy++; upload(job).then(() => { busy--; pump(); }); });
      show();
      if (box.dataset.busy || busy || !wanted) return;
      const button = wanted;
      wanted = null;
      button.click();
    }
    function tell(job, text, failed) {
      one(".bits", job.item).textContent = text;
      one(".photo", job.item).classList.toggle("failed", Boolean(failed));
      one(".again", job.item).hidden = failed !== "again";
      one("progress", job.item).hidden = !job.sending;
      if (failed) status.textContent = text;
    }
    async function upload(job) {
      const bar = one("progress", job.item);
      job.sending = true;
      tell(job, words.sending);
      try {
        await job.ready;
        if (job.file.size > MAX_BYTES) throw Object.assign(new Error("large"), { told: words.large, status: 422 });
        job.id = job.id || await sendPhoto(start, job.file, job.key, (percent) => { bar.value = percent; });
        if (job.gone) return;
        if (box.dataset.attach) await post(box.dataset.attach, { photo_id: job.id });
        job.done = true;
        pause = 0;
        field(job);
        job.sending = false;
        tell(job, words.preparing);
        status.textContent = words.ready;
        watchPhoto(start + "/" + job.id, one(".photo", job.item), words);
      } catch (error) {
        job.sending = false;
        job.final = error.status === 422;
        if (job.final) wanted = null; // the person decides whether to send without it
        pause = Math.max(error.wait || 0, Math.min(60, pause * 2 || 3));
        job.at = Date.now() + pause * 1000;
        if (!job.final) setTimeout(pump, pause * 1000 + 50);
        tell(job, error.told || words.failed, job.final ? "final" : "again");
        if (!job.gone) box.dispatchEvent(new CustomEvent("photo-waits", { bubbles: true, detail: wanted }));
      }
      if (!job.gone) told();
    }
    function field(job) {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "photo_ids", value: job.id });
      job.item.appendChild(hidden);
    }
    window.addEventListener("online", () => { pause = 0; jobs.forEach((job) => { job.at = 0; }); if (box.isConnected) pump(); });
    jobs.forEach(movable);
    show();
    box.photos = { jobs, put, wait(button) { wanted = button; status.textContent = words.wait; }, stop() { wanted = null; } };
  }

  /* A form whose photos are still on their way waits for them, and is sent then. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-after-photos]");
    const working = button && one("[data-picker][data-busy='1']", button.form.querySelector("[data-picker]") ? button.form : document);
    if (!working) return;
    event.preventDefault();
    working.photos.wait(button);
    working.scrollIntoView({ block: "center" });
  });

  part("[data-picker]", picker);
})();
