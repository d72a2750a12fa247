// The little that works only with scripts; every page stands without it.
document.addEventListener("click", (event) => {
  const menu = event.target.closest(".menu");
  if (menu) {
    const open = document.getElementById("side").classList.toggle("open");
    menu.setAttribute("aria-expanded", String(open));
  }
  const all = event.target.closest("[data-open-all]");
  if (all) {
    event.preventDefault();
    document.querySelectorAll(".tree details").forEach((one) => { one.open = true; });
  }
  if (event.target.closest("[data-print]")) window.print();
  const copy = event.target.closest("[data-copy]");
  if (copy) copied(copy, document.querySelector(copy.dataset.copy));
  const blocked = event.target.closest('[aria-disabled="true"]');
  if (blocked) event.preventDefault();
});
// what a button copies stands on the page as well; where the browser refuses, it is selected
async function copied(button, text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  button.textContent = button.dataset.done;
  button.setAttribute("aria-live", "polite");
}
// paper shows what is folded on the screen
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("main .tree details, main details.line").forEach((one) => { one.open = true; });
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-all]")) return;
  event.target.closest("table").querySelectorAll('[name="rowid"]').forEach((one) => { one.checked = event.target.checked; });
});
// a form is sent once: the second click finds its button locked
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});
// a box that scrolls sideways is reached with the keyboard, and says what it is
function reachable() {
  document.querySelectorAll(".scroll:not([tabindex])").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) return;
    const section = box.closest("section[aria-labelledby]");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    if (section) box.setAttribute("aria-labelledby", section.getAttribute("aria-labelledby"));
    else box.setAttribute("aria-label", document.title);
  });
}
window.addEventListener("load", reachable);
window.addEventListener("resize", reachable);
