/* The desk keeps itself up to date: rows, numbers, and what others do to the open issue. Nothing that somebody is
   reading or typing moves. */
(function () {
  "use strict";
  const { all, one, say, part, enliven } = window.portal;
  const SLOWEST = 300000;

  /* Bring the rows on the page to what `fresh` says, each in its place; what is ticked stays ticked, with the version
     that was seen when it was. Gives back how many are new. */
  function bringUp(fresh) {
    const queue = one("#queue"), list = one(".jobs", queue), next = one(".jobs", fresh);
    if (!list || !next) { queue.replaceWith(fresh); enliven(fresh); told(); return next ? next.children.length : 0; }
    const anchor = all(".job", list).find((row) => row.getBoundingClientRect().bottom > 0), top = anchor && anchor.getBoundingClientRect().top;
    const focus = held(list), old = new Map(all(".job", list).map((row) => [row.dataset.id, row]));
    let added = 0, spot = list.firstElementChild;
    all(".job", next).forEach((row) => {
      const mine = old.get(row.dataset.id);
      let put = row;
      if (!mine) { mark(row); added++; }
      else if (same(mine, row) || one("form[data-sent]", mine)) put = mine;
      else taken(mine, row);
      if (mine && put !== mine) { if (spot === mine) spot = row; mine.replaceWith(row); enliven(row); }
      old.delete(row.dataset.id);
      if (put === spot) spot = spot.nextElementSibling;
      else list.insertBefore(put, spot);
    });
    old.forEach((row) => row.remove());
    more(queue, fresh);
    if (focus) refocus(list, focus);
    if (anchor && anchor.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - top);
    told();
    return added;
  }
  const told = () => { document.dispatchEvent(new Event("portal:rows")); if (window.portal.mark) window.portal.mark(); };

  function mark(row) {
    row.classList.add("is-new");
    row.dataset.fresh = one("[data-live]").dataset.fresh;
  }
  function taken(mine, row) {
    const pick = one("[name=pick]", mine), other = one("[name=pick]", row);
    if (pick && other && pick.checked) { other.checked = true; other.value = pick.value; }
    if (mine.classList.contains("is-new")) mark(row);
  }
  const same = (one, other) => one.children.length === other.children.length && Array.from(one.children).every((child, n) => child.isEqualNode(other.children[n]));
  const FOCUS = "a, input, button";
  function held(list) {
    const row = document.activeElement && document.activeElement.closest(".job");
    return row && list.contains(row) ? [row.dataset.id, all(FOCUS, row).indexOf(document.activeElement), all(".job", list).indexOf(row)] : null;
  }
  /* Where the row has left the list, the one that stands there now: whoever works down the list goes on from there. */
  function refocus(list, [id, place, at]) {
    const rows = all(".job", list), same = rows.find((each) => each.dataset.id === id), row = same || rows[Math.min(at, rows.length - 1)];
    const field = row && ((same && all(FOCUS, row)[place]) || one(".job-link", row) || one(FOCUS, row));
    if (field && field !== document.activeElement) field.focus({ preventScroll: true });
  }
  function more(queue, fresh) {
    const mine = one("nav", queue), other = one("nav", fresh);
    if (mine && (!other || !same(mine, other))) mine.remove();
    if (other && !(mine && mine.isConnected)) queue.appendChild(other);
  }

  /* What somebody else did to the open issue is told; it comes when it is asked for. */
  function tell(box, job, found) {
    const old = one(".news", job.parentNode), note = old || one("template[data-news-note]", box).content.firstElementChild.cloneNode(true);
    one("span", note).textContent = say(box.dataset.news, found);
    if (old) return;
    one("button", note).addEventListener("click", () => {
      const pane = job.closest("[data-pane]");
      if (pane) window.portal.openInPane(pane.dataset.open);
      else location.reload();
    });
    job.before(note);
  }

  function watch(box) {
    const every = 1000 * box.dataset.every;
    let tag = "", wait = every, timer = 0, last = Date.now(), busy = false;
    const address = () => {
      const rows = one("[data-live-rows]"), job = one("#job"), to = new URL(rows ? rows.dataset.liveRows : box.dataset.live, location.href);
      if (rows) to.searchParams.set("rows", "1");
      if (job) { to.searchParams.set("open", job.dataset.id); to.searchParams.set("seen", job.dataset.seen); }
      return to.href;
    };
    const take = (found) => {
      document.dispatchEvent(new CustomEvent("portal:alarms", { detail: found.alarms }));
      unread(found.unread);
      if (found.html) {
        const page = new DOMParser().parseFromString(found.html, "text/html"), added = bringUp(page.getElementById("queue"));
        if (added) one("[data-say]", box).textContent = say(box.dataset.new, { n: added });
        all("[data-count]").forEach((spot) => { if (spot.dataset.count in found.counts) spot.textContent = found.counts[spot.dataset.count]; });
      }
      const job = one("#job");
      if (job && found.news) tell(box, job, found.news);
    };
    const look = async () => {
      if (busy) return;
      busy = true;
      clearTimeout(timer);
      last = Date.now();
      const to = address(), key = (tag.startsWith(to) && tag.slice(to.length)) || "";
      try {
        const answer = await fetch(to, { credentials: "same-origin", cache: "no-store", redirect: "manual", headers: key ? { "If-None-Match": key } : {} });
        if (answer.type === "opaqueredirect" || answer.status === 401) return; // signed out: nothing more to be learnt here
        if (answer.status === 200) { take(await answer.json()); tag = to + answer.headers.get("ETag"); }
        else if (answer.status !== 304) throw new Error(answer.status);
        wait = every;
      } catch (error) {
        wait = Math.min(wait * 2, SLOWEST);
      } finally { busy = false; }
      timer = setTimeout(look, document.hidden ? Math.max(wait, 2 * every) : wait);
    };
    document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - last > every) look(); });
    window.addEventListener("online", look);
    look();
  }

  function unread(number) {
    all("[data-unread]").forEach((spot) => { if (spot.firstChild && number) spot.firstChild.textContent = number < 100 ? number : "99+"; });
  }

  Object.assign(window.portal, { bringUp });
  part("[data-live]", watch);
})();
