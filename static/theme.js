/* Runs before the first paint: that scripts work, and what was chosen on this device since a page was kept for
   use without a network. The server has written the same into pages that come fresh. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.setAttribute("data-js", "");
  var said = /(?:^|; )look=([a-z.]*)/.exec(document.cookie);
  var words = said ? said[1].split(".") : [];
  [["data-text", ["large"]], ["data-pages", ["simple"]], ["data-theme", ["light", "dark"]]].forEach(function (choice) {
    var word = choice[1].filter(function (one) { return words.indexOf(one) >= 0; })[0];
    if (word) root.setAttribute(choice[0], word); else root.removeAttribute(choice[0]);
  });
})();
