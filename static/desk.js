/* The desk: the chosen issue beside the queue, several rows at once, ready-made replies, taking back. */
(function () {
  "use strict";
  const { all, one, say, part, enliven, leaving, arrived } = window.portal;
  const wide = window.matchMedia("(min-width: 78em)");
  /* What stays open and unsent must not be replaced. */
  const typedIn = (root) => all("textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio])", root).some((field) => field.value.trim() !== field.defaultValue.trim());

  part("[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });

  async function load(address, options) {
    const answer = await fetch(address, Object.assign({ credentials: "same-origin", headers: { Accept: "text/html" } }, options));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  /* The desk on a wide screen: the queue on the left, the chosen issue on the right. */
  function split(box) {
    const pane = one("[data-pane]", box), main = one("#main");
    const put = (loaded, focus) => {
      const job = loaded.getElementById("job");
      if (!job) return false;
      pane.replaceChildren(job);
      if (focus) pane.scrollTop = 0;
      enliven(pane);
      if (focus) pane.focus({ preventScroll: true });
      return true;
    };
    const mark = (address) => all(".job", box).forEach((row) => row.classList.toggle("chosen", one(".job-link", row).href === address));
    const writing = () => typedIn(pane) || (pane.contains(document.activeElement) && document.activeElement.matches("textarea, input, select"));
    let asked = 0;
    const open = (address, focus = true) => {
      const mine = ++asked;
      pane.setAttribute("aria-busy", "true");
      return load(address).then((loaded) => {
        if (mine !== asked || (!focus && writing())) return; // another was chosen meanwhile, or somebody began to write
        if (!put(loaded, focus)) location.href = address;
        mark(address);
        pane.dataset.open = address;
      }).catch(() => { if (focus) location.href = address; }).then(() => { if (mine === asked) pane.removeAttribute("aria-busy"); });
    };
    box.addEventListener("click", (event) => {
      const link = event.target.closest && event.target.closest(".job-link");
      if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.href);
    });
    const notes = (root) => all("main > .note:not(.alarm)", root);
    const rest = (form) => { delete form.dataset.sent; all("button", form).forEach((each) => each.removeAttribute("aria-busy")); };
    /* A step taken in the list, in the pane or in a note leaves the list where it is, brought up to date. */
    const finish = async (loaded, form) => {
      const inside = pane.contains(form);
      arrived(loaded);
      let queue = loaded.getElementById("queue");
      if (loaded.getElementById("job") && wide.matches) put(loaded, true);
      else if (!queue) { form.submit(); return; } // signing in, a failure, why not where no pane is: a page of its own, which keeps what was typed
      rest(form); // now, as rows with a form on its way are left as they are
      notes().concat(all(".unsendable")).forEach((note) => note.remove());
      notes(loaded).forEach((note) => { box.parentNode.insertBefore(note, one("#main").firstElementChild); enliven(note); });
      if (!queue) queue = (await load(location.href)).getElementById("queue");
      if (form.matches("[data-bulk]")) all("[name=pick]:checked", box).forEach((pick) => { pick.checked = false; });
      window.portal.bringUp(queue);
      const result = one("main > .result");
      if (result) result.focus();
      mark(pane.dataset.open);
      if (!inside && pane.dataset.open && !writing()) open(pane.dataset.open, false);
    };
    main.addEventListener("submit", (event) => {
      const form = event.target, button = event.submitter;
      if (form.method !== "post" || !(box.contains(form) || form.closest("main > .note"))) return;
      event.preventDefault();
      if (form.dataset.sent) return;
      form.dataset.sent = "1";
      leaving(form);
      all("button", form).forEach((each) => each.setAttribute("aria-busy", "true"));
      const fields = new FormData(form);
      if (button && button.name) fields.append(button.name, button.value);
      load(form.action, { method: "POST", body: new URLSearchParams(fields) })
        .then((loaded) => finish(loaded, form), () => window.portal.unsendable(form)).catch(() => {}).then(() => rest(form));
    });
    if (box.dataset.selected && wide.matches) open(new URL(box.dataset.selected, location.href).href);
    Object.assign(window.portal, { openInPane: (address) => (wide.matches ? open(address) : null), mark: () => mark(pane.dataset.open) });
  }

  /* Several rows: how many are ticked, all at once, and nothing to choose from while none is. */
  function several(form) {
    const everything = one("[data-pick-all]", form), box = one("input", everything), picked = one("[data-picked]", form), does = one("[data-bulk-do]", form);
    const picks = () => all("[name=pick]");
    const show = () => {
      const number = picks().filter((pick) => pick.checked).length;
      picked.textContent = number ? say(picked.dataset.words, { n: number }) : "";
      does.hidden = !number;
      form.classList.toggle("has-picks", number > 0);
      box.checked = number > 0 && number === picks().length;
      box.indeterminate = number > 0 && !box.checked;
    };
    everything.hidden = false;
    box.addEventListener("change", () => { picks().forEach((pick) => { pick.checked = box.checked; }); show(); });
    document.addEventListener("change", (event) => { if (event.target.name === "pick") show(); });
    document.addEventListener("portal:rows", show);
    window.addEventListener("pageshow", show);
    show();
  }

  /* A reply goes to where the cursor is; it is read before it is sent. */
  function replies(row) {
    const select = one("select", row), area = one("textarea[name=text]", row.closest("form"));
    one("button", row).addEventListener("click", (event) => {
      event.preventDefault();
      const text = (select.selectedOptions[0] || {}).dataset.text;
      if (!text) { select.focus(); return; }
      const before = area.value.slice(0, area.selectionStart), gap = before.trim() ? "\n\n" : "";
      area.focus();
      area.setRangeText(gap + text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  /* The seconds that are left; the server counts too, and its word is the last. */
  function countDown(form) {
    if (form.dataset.ticking) return;
    form.dataset.ticking = "1";
    const spot = one("[data-seconds]", form), words = spot.textContent, end = Date.now() + 1000 * form.dataset.left;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0 && !form.dataset.sent) { form.remove(); return; }
      spot.textContent = words.replace(/\d+/, Math.max(0, left));
      if (form.isConnected) setTimeout(tick, 1000);
    };
    tick();
  }

  Object.assign(window.portal, { typedIn });
  part("[data-split]", split);
  part("[data-bulk]", several);
  part("[data-replies]", replies);
  part("form[data-left]", countDown);
})();
