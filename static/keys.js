/* The desk by keyboard. Single keys rest while somebody types, and can be switched off for this device (WCAG 2.1.4). */
(function () {
  "use strict";
  const { all, one, part, drawer } = window.portal;
  const OFF = "keys-off";
  let go = 0;

  const typing = (spot) => spot.closest && spot.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
  const row = () => { const spot = document.activeElement; return spot && spot.closest && spot.closest(".job"); };
  const job = () => one("#job");
  const focus = (spot) => { if (spot) spot.focus(); return Boolean(spot); };

  function move(by) {
    const rows = all("#queue .job");
    if (!rows.length) return false;
    const here = rows.indexOf(row() || one(".job.chosen")), next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    next.scrollIntoView({ block: "nearest" });
    return focus(one(".job-link", next));
  }
  /* The form of a step: of the row that has the focus, else of the open issue. */
  function press(selector) {
    const spot = (row() || job()) && one(selector, row() || job()), form = spot && spot.closest("form");
    if (form) form.requestSubmit();
    return Boolean(form);
  }
  /* A closed part of the open issue; from a row the issue is opened first. */
  function unfold(id, selector) {
    const here = row(), again = () => unfold(id, selector);
    if (here && !here.classList.contains("chosen")) {
      const address = one(".job-link", here).href, opened = window.portal.openInPane && window.portal.openInPane(address);
      if (opened) opened.then(again); else location.href = address + "#" + id;
      return true;
    }
    if (one("[data-pane][aria-busy]")) { setTimeout(again, 50); return true; } // never into the issue that is just leaving
    const fold = job() && one("#" + id, job());
    if (fold) fold.open = true;
    return Boolean(fold) && focus(one(selector, fold));
  }
  function filter() {
    const fold = one("details.filters");
    if (fold) fold.open = true;
    return fold && focus(one("select, input", fold));
  }
  const tick = () => { const box = row() && one("[name=pick]", row()); if (box) box.click(); return Boolean(box); };
  const click = (selector) => { const spot = one(selector); if (spot) spot.click(); return Boolean(spot); };
  function back() {
    const menu = one(".menu[open]");
    if (menu) { menu.open = false; return focus(one("summary", menu)); }
    const spot = document.activeElement;
    if (typing(spot)) { spot.blur(); return true; }
    const chosen = one(".job.chosen .job-link");
    if (chosen && spot !== chosen) return focus(chosen);
    return !one("[data-split]") && click(".backlink");
  }

  const KEYS = {
    j: () => move(1), k: () => move(-1), o: () => { const here = row(); if (here) one(".job-link", here).click(); return Boolean(here); },
    a: () => press("form[action$='/transition'] [name=to][value=acknowledged]"), x: tick, u: () => click("form.undo button"),
    m: () => unfold("message", "textarea"), e: () => unfold("assign", "select"), "/": filter,
  };
  const PLACES = { q: "queue", b: "board", i: "inbox" };

  function listen(sheet) {
    const box = one("[data-keys-on]", sheet), opener = one("[data-keys-open]");
    const show = () => { if (!sheet.open) sheet.showModal(); };
    box.checked = !drawer.read(OFF);
    box.addEventListener("change", () => drawer.keep(OFF, box.checked ? "" : "1"));
    one("[data-close]", sheet).addEventListener("click", () => sheet.close());
    if (opener) { opener.hidden = false; opener.addEventListener("click", show); }
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
      if (event.key === "Escape") { if (back()) event.preventDefault(); return; }
      if (drawer.read(OFF) || typing(event.target)) return;
      const after = Date.now() - go < 1500;
      go = event.key === "g" ? Date.now() : 0;
      if (after && PLACES[event.key]) { event.preventDefault(); location.href = sheet.dataset[PLACES[event.key]]; return; }
      if (event.key === "?") show();
      else if (!KEYS[event.key] || !KEYS[event.key]()) return;
      event.preventDefault();
    });
  }

  part("dialog#keys", listen);
})();
