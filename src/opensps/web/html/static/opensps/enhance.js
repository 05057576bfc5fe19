/* Small comforts on top of pages that work without them: drop zone, unsaved-changes guard, copy button,
   select all, focus on the error summary, no second press of a submit button. */
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  each(".sum", (box) => box.focus());

  each("[data-drop]", (zone) => {
    const input = zone.querySelector("input[type=file]");
    if (!input) return;
    const mark = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, mark(true)));
    zone.addEventListener("dragleave", mark(false));
    zone.addEventListener("drop", (event) => {
      mark(false)(event);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });

  each("form[data-guard]", (form) => {
    let touched = false;
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("submit", () => { touched = false; });
    window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
  });

  each("[data-copy]", (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.setAttribute("aria-live", "polite");
      if (button.dataset.done) button.textContent = button.dataset.done;
    });
  });

  each("[data-select-all]", (box) => {
    box.hidden = false;
    box.addEventListener("change", () => {
      each(`input[name="${CSS.escape(box.dataset.selectAll)}"]`, (other) => { other.checked = box.checked; });
    });
  });

  each("form[method=post]", (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  });
  window.addEventListener("pageshow", () => each("form[data-sent]", (form) => { delete form.dataset.sent; }));
})();
