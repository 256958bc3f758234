/* Rating in three taps: the third row sends by itself, but only for a finger or mouse. Whoever goes through the
   stars by keyboard passes some that are not meant, and takes the button. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  const { part, all, one } = window.portal;
  part("form[data-rate]", (form) => {
    const rows = all("fieldset", form), hint = one("[data-rate-hint]", form);
    let pointed = false;
    hint.hidden = false;
    form.addEventListener("pointerdown", () => { pointed = true; });
    form.addEventListener("keydown", () => { pointed = false; });
    form.addEventListener("change", (event) => {
      const done = rows.every((row) => one("input:checked", row));
      if (!pointed || !done || event.target.type !== "radio") return;
      if (form.requestSubmit) form.requestSubmit();
      else one("button.main", form).click();
    });
  });
});
