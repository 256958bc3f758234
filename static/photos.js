/* Photos: picked and sent, watched while they are prepared, looked at. */
(function () {
  "use strict";
  const { all, one, say, part, key, ask } = window.portal;

  /* Photos: pick several, see each one's progress, try again, remove. */
  function send(form, fields, file, progress) {
    return new Promise((resolve, reject) => {
      const data = new FormData(), request = new XMLHttpRequest();
      Object.keys(fields).forEach((name) => data.append(name, fields[name]));
      data.append("file", file);
      request.open("POST", form);
      request.timeout = 180000;
      request.upload.onprogress = (event) => event.lengthComputable && progress(Math.round((100 * event.loaded) / event.total));
      request.onload = () => (request.status < 300 ? resolve() : reject(Object.assign(new Error(request.status), { status: request.status })));
      request.onerror = request.ontimeout = () => reject(new Error("network"));
      request.send(data);
    });
  }
  /* A photo goes straight to storage, shrunk before if it is not yet; gives back its id. The same key makes it one photo
     however often it is sent. An upload that was begun too long ago, or with another file, is begun anew. */
  async function sendPhoto(start, file, once, progress) {
    const small = await shrink(file), show = progress || (() => {});
    const attempt = async (name) => {
      const made = await ask(start, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": name },
        body: JSON.stringify({ content_type: typeOf(small), size_bytes: small.size }),
      });
      await send(made.upload.url, made.upload.fields, small, show);
      return made.photo_id;
    };
    return attempt(once).catch((error) => {
      if (error.code !== "idempotency_mismatch" && error.message !== "403") throw error; // storage says 403 for a form too old
      return attempt(key());
    });
  }
  const TYPES = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", heif: "image/heic" };
  const typeOf = (file) => file.type || TYPES[(file.name || "").split(".").pop().toLowerCase()] || "image/jpeg";

  /* What our pictures need, and no more: the longest side, the quality, and below which size nothing is gained. */
  const LONGEST = 2048, QUALITY = 0.8, SMALL_BYTES = 600 * 1024;
  const shrunk = new WeakMap();
  let shrinks = Promise.resolve();

  /* A photo made small on the phone, upright as it was taken; the photo itself where that fails or gains nothing. */
  function shrink(file) {
    if (!shrunk.has(file)) {
      shrinks = shrinks.then(() => shrinking(file)).catch(() => file); // one by one: a large picture takes much memory
      shrunk.set(file, shrinks.then((small) => { shrunk.set(small, Promise.resolve(small)); return small; }));
    }
    return shrunk.get(file);
  }
  async function shrinking(file) {
    const picture = await decoded(file), width = picture.naturalWidth || picture.width, height = picture.naturalHeight || picture.height;
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    if (!width || (scale === 1 && file.size <= SMALL_BYTES && typeOf(file) in { "image/jpeg": 1, "image/webp": 1 })) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // what is see-through would turn black
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    if (picture.close) picture.close();
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    canvas.width = canvas.height = 0; // old phones keep the memory else
    return small && small.size < file.size ? small : file;
  }
  /* Upright: by the newer call where it knows orientation, else as the browser turns pictures on a page, if it does. */
  async function decoded(file) {
    if (window.createImageBitmap) {
      try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch (error) { /* an older browser, or no such decoder */ }
    }
    if (!window.CSS || !CSS.supports("image-orientation", "from-image")) throw new Error("would lie on its side");
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
      await new Promise((resolve, reject) => { image.onload = resolve; image.onerror = reject; });
    } finally { URL.revokeObjectURL(image.src); }
    return image;
  }

  /* A picker: photos are shrunk one after the other, sent three at a time, and again by themselves when the network is back.
     What else cares for them (a report that is kept on this phone) reads `box.photos` and hears "photos" on every change. */
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

  function watchPhoto(address, spot, words) {
    let tries = 0;
    const look = async () => {
      if (!spot.isConnected || tries++ > 60) return;
      const photo = await ask(address).catch(() => null);
      if (!photo || photo.status === "pending") { setTimeout(look, Math.min(800 + tries * 200, 5000)); return; }
      spot.classList.remove("pulse");
      if (photo.status === "ready" && photo.urls) {
        const link = document.createElement("a"), image = document.createElement("img");
        link.className = "photo";
        link.href = photo.urls.full;
        link.setAttribute("data-view", "");
        image.src = photo.urls.thumb;
        image.alt = document.documentElement.lang === "en" ? "Photo" : "照片";
        link.appendChild(image);
        spot.replaceWith(link);
      } else {
        spot.classList.add("failed");
        spot.textContent = words ? words.rejected : spot.dataset.rejected || "";
        if (!spot.textContent) location.reload();
      }
    };
    setTimeout(look, 700);
  }

  /* Photos open over the page: swipe through them, pinch, Esc to close. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || !window.HTMLDialogElement) return;
    event.preventDefault();
    const links = all("a[data-view]", link.closest(".photos, .before-after") || document);
    const viewer = document.createElement("dialog"), strip = document.createElement("div"), close = document.createElement("button");
    viewer.className = "viewer";
    strip.className = "viewer-in";
    strip.tabIndex = 0;
    close.className = "btn";
    close.textContent = document.documentElement.lang === "en" ? "Close" : "关闭";
    viewer.setAttribute("aria-label", one("img", link).alt);
    links.forEach((each) => {
      const image = document.createElement("img");
      image.src = each.href;
      image.alt = one("img", each).alt;
      strip.appendChild(image);
    });
    viewer.append(close, strip);
    document.body.appendChild(viewer);
    close.addEventListener("click", () => viewer.close());
    viewer.addEventListener("close", () => { viewer.remove(); link.focus(); });
    viewer.showModal();
    strip.scrollLeft = strip.clientWidth * links.indexOf(link);
  });

  Object.assign(window.portal, { sendPhoto, shrink });
  part("[data-picker]", picker);
  part("[data-pending]", (spot) => watchPhoto(spot.dataset.pending, spot));
})();
