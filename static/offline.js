/* Without a network: the service worker, what it should fetch ahead, and the note on a page that is shown as it was. */
(function () {
  "use strict";
  const { all, one, say, part } = window.portal;
  const worker = navigator.serviceWorker, root = document.documentElement, me = document.body.dataset.me;

  /* A page as it was seen last says so, and when there is a signal again. An empty form is no older than a new one. */
  part("template[data-stale]", (template) => {
    if (!root.dataset.kept || one("form[data-report]")) return;
    const note = template.content.firstElementChild.cloneNode(true), at = new Date(Number(root.dataset.kept));
    const today = at.toDateString() === new Date().toDateString(), clock = { hour: "2-digit", minute: "2-digit" };
    const words = at.toLocaleString(root.lang, today ? clock : Object.assign({ month: "long", day: "numeric" }, clock));
    const line = one("[data-words]", note), show = (back) => { line.textContent = say(back ? line.dataset.back : line.dataset.words, { time: words }); };
    show(false);
    window.addEventListener("online", () => show(true));
    window.addEventListener("offline", () => show(false));
    one("button", note).addEventListener("click", () => location.reload());
    one("main").prepend(note);
  });

  /* A form that can't wait on this phone is not sent into nowhere: the page stays, with what was typed. Small forms, of a
     row or a note, have no room for words: there they stand on top, and stay in sight. */
  const small = (form) => form.closest(".job, .note");
  function unsendable(form) {
    const template = one("template[data-unsendable]"), note = template && template.content.firstElementChild.cloneNode(true);
    if (!note) return;
    const typed = Boolean(one("textarea, input:not([type=hidden])", form));
    one("[data-typed]", note).hidden = !typed;
    one("[data-tapped]", note).hidden = typed;
    all(".unsendable").forEach((old) => old.remove());
    if (small(form)) one("main").prepend(note); else (form.closest(".ask, .actions") || form).before(note);
    note.scrollIntoView({ block: "nearest" });
    window.addEventListener("online", () => note.remove(), { once: true });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine !== false || form.method !== "post" || form.dataset.offline !== undefined || !one("template[data-unsendable]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    unsendable(form);
  }, true);
  Object.assign(window.portal, { unsendable });

  if (!worker || !one("link[rel=manifest]")) return;
  window.addEventListener("load", () => {
    worker.register(one("link[rel=manifest]").dataset.worker).catch(() => { /* switched off: all goes on without it */ });
    const paths = document.body.dataset.ahead;
    if (!me || !paths || root.dataset.kept) return;
    /* Once the person has settled on a page, so that what they wait for comes first. */
    setTimeout(() => worker.ready.then((here) => {
      if (here.active) here.active.postMessage({ ahead: paths.split(" "), who: me, lang: root.lang });
    }), 3000);
  });
})();
