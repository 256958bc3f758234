/* Runs before the first paint: the colours somebody chose on the Me page, and that scripts work. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.setAttribute("data-js", "");
  try {
    var theme = localStorage.getItem("theme");
    if (theme) root.setAttribute("data-theme", theme);
  } catch (error) { /* storage switched off: the device decides */ }
})();
