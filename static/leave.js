/* Whoever signs out is told which reports would be lost. */
(function () {
  "use strict";
  const { one, say, reports } = window.portal, box = one("[data-leaving-reports]");
  if (!reports || !box) return;
  let form = null, sure = false;

  /* A phone whose store does not answer must not keep anybody signed in. */
  const unsent = () => Promise.race([reports.rows().catch(() => []), new Promise((resolve) => setTimeout(resolve, 2000, []))]);
  function leave() {
    sure = true;
    one("button", form).click();
  }
  function warn(mine, tried) {
    const words = box.dataset;
    one("[data-leaving-words]", box).textContent = mine.length === 1 ? words.leaveOne : say(words.leaveMany, { n: mine.length });
    one("[data-send-first]", box).hidden = !mine.some((row) => row.state === "ready");
    one("[data-still]", box).hidden = !tried;
    box.hidden = false;
    box.focus();
    box.scrollIntoView({ block: "center" });
  }
  document.addEventListener("submit", (event) => {
    if (sure || !event.target.action.includes("/me/sign-out")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form = event.target;
    unsent().then((mine) => (mine.length ? warn(mine) : leave()));
  }, true);
  one("[data-send-first]", box).addEventListener("click", async () => {
    await reports.send();
    const mine = await unsent();
    if (mine.length) warn(mine, mine.some((row) => row.state === "ready")); else leave();
  });
  one("[data-throw-all]", box).addEventListener("click", leave);
})();
