/* Looking around in a picture: viewer and picture are loaded when somebody taps, not before. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const { part, one } = window.portal;
  let loading = null;

  function load(box) {
    if (window.pannellum) return Promise.resolve();
    loading = loading || new Promise((done, failed) => {
      const style = document.createElement("link"), script = document.createElement("script");
      style.rel = "stylesheet";
      style.href = box.dataset.style;
      script.src = box.dataset.script;
      script.onload = done;
      script.onerror = () => { loading = null; failed(new Error("no viewer")); };
      document.head.append(style, script);
    });
    return loading;
  }

  function open(box, button) {
    const room = document.createElement("div"), flat = one("a", box);
    const fail = () => {
      const line = document.createElement("p");
      line.className = "small soft";
      line.setAttribute("role", "status");
      line.textContent = box.dataset.failed;
      room.remove();
      flat.hidden = false;
      button.removeAttribute("aria-busy");
      if (!one("[role=status]", box)) box.append(line);
    };
    room.className = "room";
    button.setAttribute("aria-busy", "true");
    load(box).then(() => {
      flat.hidden = true;
      box.append(room);
      const viewer = window.pannellum.viewer(room, {
        type: "equirectangular", panorama: box.dataset.around, autoLoad: true, ignoreGPanoXMP: true, hfov: 90,
        keyboardZoom: false, mouseZoom: "fullscreenonly", showFullscreenCtrl: true,
      });
      viewer.on("load", () => { button.hidden = true; room.querySelector(".pnlm-ui").focus({ preventScroll: true }); });
      viewer.on("error", fail);
    }).catch(fail);
  }

  part("[data-around]", (box) => {
    const button = one("[data-around-open]", box.closest(".preview"));
    button.hidden = false;
    button.addEventListener("click", () => open(box, button));
    one("a", box).addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(box, button);
    });
  });
});
