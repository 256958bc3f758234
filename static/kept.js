/* What waits on this device until it can be sent: records with their photos, in IndexedDB, each of one person. */
(function () {
  "use strict";
  const { part, drawer } = window.portal;
  const STORES = ["reports", "steps"];
  let opened;

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = window.indexedDB.open("portal", 1);
      asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name, { keyPath: "id" }));
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        resolve(asked.result);
      };
      asked.onerror = asked.onblocked = () => { opened = null; reject(asked.error || new Error("blocked")); };
    });
    return opened;
  }

  /* One transaction on one store; resolves when it is kept on the disk, not before. */
  async function within(store, mode, work) {
    const base = await open();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode), asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error("not kept"));
    });
  }

  const me = () => document.body.dataset.me || drawer.read("who") || "";
  const kept = {
    /* The person's own records, the oldest first. */
    all: async (store) => (await within(store, "readonly", (rows) => rows.getAll())).filter((row) => row.who === me()).sort((a, b) => a.at - b.at),
    get: (store, id) => within(store, "readonly", (rows) => rows.get(id)),
    put: (store, row) => within(store, "readwrite", (rows) => rows.put(Object.assign({ who: me(), at: Date.now() }, row))),
    drop: (store, id) => within(store, "readwrite", (rows) => rows.delete(id)),
    clear: () => Promise.all(STORES.map((store) => within(store, "readwrite", (rows) => rows.clear()))),
  };

  /* Nothing stays behind when somebody signs out, pages that were seen neither; nor when somebody else signs in. */
  const forget = () => {
    kept.clear().catch(() => {});
    if (window.caches) ["pages", "ahead"].forEach((name) => caches.delete(name).catch(() => {}));
  };
  part("form[action*='/me/sign-out']", (form) => form.addEventListener("submit", forget));
  STORES.forEach((store) => within(store, "readonly", (rows) => rows.getAll())
    .then((rows) => rows.filter((row) => row.who !== me()).forEach((row) => kept.drop(store, row.id))).catch(() => {}));
  Object.assign(window.portal, { kept });
})();
