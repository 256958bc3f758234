/* Without a network: the service worker, what it should fetch ahead, and the note on a page that is shown as it was. */
(function () {
  "use strict";
  const { one, say, part } = window.portal;
  const worker = navigator.serviceWorker, root = document.documentElement, me = document.body.dataset.me;

  /* A page as it was seen last says so, and goes back to the present as soon as it can. */
  part("template[data-stale]", (template) => {
    if (!root.dataset.kept) return;
    const note = template.content.firstElementChild.cloneNode(true), at = new Date(Number(root.dataset.kept));
    const today = at.toDateString() === new Date().toDateString(), clock = { hour: "2-digit", minute: "2-digit" };
    const words = at.toLocaleString(root.lang, today ? clock : Object.assign({ month: "long", day: "numeric" }, clock));
    one("[data-words]", note).textContent = say(one("[data-words]", note).dataset.words, { time: words });
    one("button", note).addEventListener("click", () => location.reload());
    one("main").prepend(note);
  });

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
