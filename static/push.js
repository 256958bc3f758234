/* Messages that come up on this device when the portal is closed: asked for by a button, told to the portal. */
(function () {
  "use strict";
  const box = document.querySelector("[data-push]");
  if (!box || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = box.querySelector("[data-push-on]"), words = box.querySelector("[data-push-words]");

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const say = (text) => { words.textContent = text; words.setAttribute("role", "status"); };

  async function tell(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    const body = JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const answer = await fetch(box.dataset.pushUrl, { method: "PUT", body, headers: { "Content-Type": "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
  }
  async function subscribe() {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") { say(box.dataset.refused); return; }
      const worker = await navigator.serviceWorker.ready;
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
      await tell(made);
      location.reload();
    } catch (error) {
      say(box.dataset.failed);
    } finally {
      button.disabled = false;
    }
  }
  /* Known here and there: told again, as browsers change a subscription by themselves. Known to the browser alone, because
     all devices were forgotten: the button offers it anew. */
  async function look() {
    const there = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
    const on = Boolean(there) && Notification.permission === "granted" && box.dataset.pushDevices !== "0";
    button.hidden = on;
    if (on) await tell(there);
  }
  look().catch(() => {});
  button.addEventListener("click", subscribe);
})();
