/* The desk: live numbers, and the chosen issue beside the queue. */
(function () {
  "use strict";
  const { all, one, part, enliven, leaving, arrived, ask } = window.portal;

  part("[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });

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

  part("[data-polls]", poll);
  part("[data-split]", split);
})();
