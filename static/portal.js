/* Makes pages quicker and kinder. Everything works without it. ES2019, no dependencies. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
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

  /* One page or a part of it that was loaded later. */
  function enliven(root) {
    all("textarea[data-keep]", root).forEach(keepTyped);
    all("textarea[data-tally]", root).forEach(tally);
    all("[data-picker]", root).forEach(picker);
    all("[data-pending]", root).forEach((spot) => watchPhoto(spot.dataset.pending, spot));
    all("[data-after]", root).forEach(waitToResend);
    all("[data-polls]", root).forEach(poll);
    all("[data-split]", root).forEach(split);
    all("select[data-go]", root).forEach((select) => select.addEventListener("change", () => select.form.requestSubmit ? select.form.requestSubmit() : select.form.submit()));
    all("form[data-only-filled]", root).forEach((form) => form.addEventListener("submit", () => all("select, input", form).forEach((field) => { field.disabled = !field.value; })));
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

  /* Photos: pick several, see each one's progress, try again, remove. */
  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  async function ask(address, options) {
    const answer = await fetch(address, Object.assign({ credentials: "same-origin" }, options));
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(body.detail || answer.status), { told: body.detail, status: answer.status });
    return body;
  }
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
  const TYPES = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", heif: "image/heic" };
  const typeOf = (file) => file.type || TYPES[file.name.split(".").pop().toLowerCase()] || "image/jpeg";

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
        const made = await ask(box.dataset.start, {
          method: "POST",
          headers: { "Content-Type": "application/json", "Idempotency-Key": job.key },
          body: JSON.stringify({ content_type: typeOf(job.file), size_bytes: job.file.size }),
        });
        await send(made.upload.url, made.upload.fields, job.file, (percent) => { bar.value = percent; });
        if (job.gone) return;
        URL.revokeObjectURL(job.picture);
        if (box.dataset.attach) {
          const kept = await fetch(box.dataset.attach, { method: "POST", credentials: "same-origin", redirect: "manual", body: new URLSearchParams({ photo_id: made.photo_id }) });
          if (!kept.ok && kept.type !== "opaqueredirect") throw new Error(kept.status);
        }
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "photo_ids";
        field.value = made.photo_id;
        job.item.appendChild(field);
        job.id = made.photo_id;
        tell(job, words.preparing);
        bar.hidden = true;
        status.textContent = words.ready;
        watchPhoto(box.dataset.start + "/" + made.photo_id, one(".photo", job.item), words);
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

  /* The desk: live counts. */
  function poll(box) {
    const look = async () => {
      if (!document.hidden) {
        const counts = await ask(box.dataset.polls).catch(() => null);
        if (counts) all("[data-count]", box).forEach((spot) => { if (spot.dataset.count in counts) spot.textContent = counts[spot.dataset.count]; });
      }
      setTimeout(look, 15000);
    };
    setTimeout(look, 15000);
  }

  /* The desk on a wide screen: the queue on the left, the chosen issue on the right. */
  function split(box) {
    const pane = one("[data-pane]", box), wide = window.matchMedia("(min-width: 78em)");
    const load = async (address, options) => {
      const answer = await fetch(address, Object.assign({ credentials: "same-origin", headers: { Accept: "text/html" } }, options));
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    };
    const put = (loaded) => {
      const job = loaded.getElementById("job");
      if (!job) return false;
      pane.replaceChildren(job);
      pane.scrollTop = 0;
      enliven(pane);
      pane.focus({ preventScroll: true });
      return true;
    };
    const mark = (address) => all(".job", box).forEach((row) => row.classList.toggle("chosen", one(".job-link", row).href === address));
    const open = (address) => {
      pane.setAttribute("aria-busy", "true");
      load(address).then((loaded) => { if (!put(loaded)) location.href = address; mark(address); pane.dataset.open = address; })
        .catch(() => { location.href = address; }).then(() => pane.removeAttribute("aria-busy"));
    };
    box.addEventListener("click", (event) => {
      const link = event.target.closest && event.target.closest(".job-link");
      if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.href);
    });
    /* A step taken in the list or in the pane leaves the list where it is, brought up to date. */
    const finish = async (loaded, form) => {
      const row = form.closest(".job");
      arrived(loaded);
      if (loaded.getElementById("job") && (wide.matches || !row)) put(loaded);
      else if (!loaded.getElementById("queue")) { form.submit(); return; } // signing in or a failure: a page of its own, which keeps what was typed
      all("main > .note").forEach((note) => note.remove());
      const note = one("main > .note", loaded), fresh = await load(location.href);
      if (note) box.before(note);
      one("#queue", box).replaceWith(fresh.getElementById("queue"));
      mark(pane.dataset.open);
    };
    box.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post") return;
      event.preventDefault();
      if (form.dataset.sent) return;
      form.dataset.sent = "1";
      leaving(form);
      all("button", form).forEach((button) => button.setAttribute("aria-busy", "true"));
      load(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
        .then((loaded) => finish(loaded, form))
        .catch(() => { delete form.dataset.sent; all("button", form).forEach((button) => button.removeAttribute("aria-busy")); });
    });
    if (box.dataset.selected && wide.matches) open(new URL(box.dataset.selected, location.href).href);
  }

  const choice = one("[data-theme-choice]");
  if (choice) {
    const select = one("select", choice);
    choice.hidden = false;
    select.value = drawer.read("theme") || "";
    select.addEventListener("change", () => {
      drawer.keep("theme", select.value);
      if (select.value) document.documentElement.setAttribute("data-theme", select.value);
      else document.documentElement.removeAttribute("data-theme");
    });
  }

  arrived(document);
  enliven(document);
  openTarget();
  const summary = one("[data-focus]");
  if (summary) summary.focus();
})();
