/* Photos: picked and sent, watched while they are prepared, looked at. */
(function () {
  "use strict";
  const { all, one, part, key, ask } = window.portal;

  /* Photos: pick several, see each one's progress, try again, remove. */
  function send(form, fields, file, progress) {
    return new Promise((resolve, reject) => {
      const data = new FormData(), request = new XMLHttpRequest();
      Object.keys(fields).forEach((name) => data.append(name, fields[name]));
      data.append("file", file);
      request.open("POST", form);
      request.timeout = 180000;
      request.upload.onprogress = (event) => event.lengthComputable && progress(Math.round((100 * event.loaded) / event.total));
      request.onload = () => (request.status < 300 ? resolve() : reject(new Error(request.status)));
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
      if (error.code !== "idempotency_mismatch" && error.message !== "403") throw error;
      return attempt(key());
    });
  }
  const TYPES = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", heif: "image/heic" };
  const typeOf = (file) => file.type || TYPES[(file.name || "").split(".").pop().toLowerCase()] || "image/jpeg";

  /* What our pictures need, and no more: the longest side, the quality, and below which size nothing is gained. */
  const LONGEST = 2048, QUALITY = 0.8, SMALL_BYTES = 600 * 1024;
  const shrunk = new WeakMap();

  /* A photo made small on the phone, upright as it was taken; the photo itself where that fails or gains nothing. */
  async function shrink(file) {
    if (!shrunk.has(file)) shrunk.set(file, shrinking(file).catch(() => file));
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

  function picker(box) {
    const words = one("[data-words]", box).dataset, status = one(".picker-status", box), add = one(".picker-add", box), list = one(".photos", box);
    if (!add) return;
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.multiple = true;
    input.hidden = true;
    input.setAttribute("aria-hidden", "true");
    box.appendChild(input);
    const max = Number(box.dataset.max), held = () => list.children.length - 1;
    const queue = [];
    let busy = 0;
    const show = () => { add.hidden = held() >= max; };
    one("button", add).addEventListener("click", (event) => { event.preventDefault(); input.click(); });
    input.addEventListener("change", () => {
      Array.from(input.files).forEach((file) => {
        if (held() >= max) status.textContent = words.full;
        else queue.push(row(file));
      });
      input.value = "";
      pump();
    });

    function row(file) {
      const item = one("template", box).content.firstElementChild.cloneNode(true);
      const job = { file, item, key: key() };
      one(".drop", item).addEventListener("click", () => {
        job.gone = true;
        item.remove();
        show();
        one("button", add).focus();
        if (job.id) fetch(box.dataset.start + "/" + job.id, { method: "DELETE", credentials: "same-origin" });
      });
      const image = document.createElement("img");
      image.alt = "";
      image.onload = () => one(".photo", item).prepend(image);
      job.picture = image.src = URL.createObjectURL(file);
      one(".again", item).addEventListener("click", () => { queue.push(job); pump(); });
      list.insertBefore(item, add);
      show();
      return job;
    }
    function pump() {
      while (busy < 2 && queue.length) { busy++; upload(queue.shift()).then(() => { busy--; pump(); }); }
      box.dataset.busy = busy ? "1" : "";
    }
    function tell(job, text, failed) {
      one(".bits", job.item).textContent = text;
      one(".photo", job.item).classList.toggle("failed", Boolean(failed));
      one(".again", job.item).hidden = !failed || failed === "final";
      one("progress", job.item).hidden = Boolean(failed);
      if (failed) status.textContent = text;
    }
    async function upload(job) {
      if (job.gone) return;
      if (job.file.size > 20 * 1024 * 1024) { tell(job, words.large, "final"); return; }
      const bar = one("progress", job.item);
      tell(job, words.sending);
      try {
        const id = await sendPhoto(box.dataset.start, job.file, job.key, (percent) => { bar.value = percent; });
        if (job.gone) return;
        URL.revokeObjectURL(job.picture);
        if (box.dataset.attach) {
          const kept = await fetch(box.dataset.attach, { method: "POST", credentials: "same-origin", redirect: "manual", body: new URLSearchParams({ photo_id: id }) });
          if (!kept.ok && kept.type !== "opaqueredirect") throw new Error(kept.status);
        }
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "photo_ids";
        field.value = id;
        job.item.appendChild(field);
        job.id = id;
        tell(job, words.preparing);
        bar.hidden = true;
        status.textContent = words.ready;
        watchPhoto(box.dataset.start + "/" + id, one(".photo", job.item), words);
      } catch (error) {
        job.key = key();
        tell(job, error.told || words.failed, error.status === 422 ? "final" : "again");
      }
    }
  }

  /* A form whose photos are still on their way waits for them. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-after-photos]");
    const working = button && one("[data-picker][data-busy='1']");
    if (!working) return;
    event.preventDefault();
    one(".picker-status", working).textContent = one("[data-words]", working).dataset.wait;
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
