/* An urgent report is shown on every page of the desk; with the person's leave also outside of it, once for all tabs. */
(function () {
  "use strict";
  const { all, one, say, part, drawer } = window.portal;
  const title = document.title, shown = new Set();
  const KEPT = 50, MOST = 2;
  let everything = false;

  /* The first tab that writes an issue down is the one that tells. */
  const among = (list, id) => (drawer.read(list) || "").split(" ").includes(id);
  function first(list, id) {
    if (among(list, id)) return false;
    drawer.keep(list, (drawer.read(list) || "").split(" ").concat(id).filter(Boolean).slice(-KEPT).join(" "));
    return true;
  }
  const alone = (work) => (navigator.locks ? navigator.locks.request("portal-alarms", work) : work());

  function outside(alarm, words) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    alone(() => {
      if (!first("alarms-told", alarm.id)) return;
      const more = { body: alarm.title, tag: alarm.id, requireInteraction: true, data: { url: alarm.url } };
      try {
        const told = new Notification(words, more);
        told.onclick = () => { window.focus(); told.close(); location.href = alarm.url; };
      } catch (error) { // phones show them by the service worker only
        if (navigator.serviceWorker) navigator.serviceWorker.ready.then((worker) => worker.showNotification(words, more)).catch(() => {});
      }
    });
  }

  function note(box, alarm, words) {
    const made = one("template[data-alarm-note]", box).content.firstElementChild.cloneNode(true);
    made.dataset.alarm = alarm.id;
    one("strong", made).textContent = words;
    one("span", made).textContent = alarm.title;
    one("a", made).href = alarm.url;
    one(".x", made).addEventListener("click", () => { first("alarms-closed", alarm.id); made.remove(); badge(box); });
    if (!first("alarms-said", alarm.id)) made.removeAttribute("role"); // not read out again on every page
    one("#main").prepend(made);
  }
  /* A storm of them must not bury the page: the newest are in sight, the rest one tap away. */
  function badge(box) {
    const alarms = all(".alarm"), rest = everything ? 0 : Math.max(0, alarms.length - MOST);
    document.title = alarms.length ? `(${alarms.length}) ${title}` : title;
    alarms.forEach((alarm, n) => { alarm.hidden = !everything && n >= MOST; });
    all(".alarm-rest").forEach((old) => old.remove());
    if (!rest) return;
    const more = document.createElement("button");
    more.className = "btn slim alarm-rest";
    more.textContent = say(box.dataset.alarmRest, { n: rest });
    more.addEventListener("click", () => { everything = true; badge(box); const link = one("a", alarms[MOST]); if (link) link.focus(); });
    alarms[MOST - 1].after(more);
  }

  function watch(box) {
    document.addEventListener("portal:alarms", (event) => {
      const now = event.detail.map((alarm) => alarm.id);
      all(".alarm").forEach((old) => { if (!now.includes(old.dataset.alarm)) old.remove(); });
      event.detail.forEach((alarm) => {
        if (among("alarms-closed", alarm.id) || one(`.alarm[data-alarm="${alarm.id}"]`) || location.pathname === alarm.url) return;
        const words = say(box.dataset.alarm, { words: alarm.words });
        note(box, alarm, words);
        if (!shown.has(alarm.id)) outside(alarm, words);
        shown.add(alarm.id);
      });
      badge(box);
    });
  }

  /* Asked for by a button only. */
  function leave(button) {
    if (!("Notification" in window)) return;
    const words = one("span", button);
    const show = () => {
      button.hidden = Notification.permission === "granted";
      if (Notification.permission === "denied") { words.textContent = button.dataset.off; button.disabled = true; button.hidden = !button.dataset.asked; }
    };
    button.addEventListener("click", () => { button.dataset.asked = "1"; Notification.requestPermission().then(show); });
    show();
  }

  part("[data-live]", watch);
  part("[data-alarm-ask]", leave);
})();
