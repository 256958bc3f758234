/* Inviting: the phone's own share sheet where there is one, and copying with one tap. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const { part, one } = window.portal;

  part("[data-share]", (line) => {
    const { share: url, title, text } = line.dataset;
    if (!navigator.share) return;
    line.hidden = false;
    one("button", line).addEventListener("click", () => {
      // Whoever changes their mind has not met an error. Most apps add the address to the words themselves.
      navigator.share({ title, text: text.replace(url, "").trim(), url }).catch(() => {});
    });
  });

  part("[data-copy]", (line) => {
    const field = document.getElementById(line.dataset.copy), button = one("button", line), words = one("span", button);
    const normal = words.textContent;
    line.hidden = false;
    button.addEventListener("click", () => {
      const done = () => {
        words.textContent = button.dataset.done;
        setTimeout(() => { words.textContent = normal; }, 3000);
      };
      field.focus();
      field.select();
      if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, byHand);
      else byHand();
      function byHand() { if (document.execCommand("copy")) done(); }
    });
  });
});
