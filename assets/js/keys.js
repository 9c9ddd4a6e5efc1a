// One key an action, on the screens where one works all day: [data-key="r"] answers to that key.
// A dialog lists them (« ? »); the reader may switch single keys off, once for every screen (WCAG 2.1.4).
const SWITCH = "maillage-desk-keys"; // localStorage: "off" where the reader wants none

/**
 * Listens for the keys of what `selector` finds. `own` is asked first, and says whether it has done something of the
 * key; `then` is told what was pressed.
 */
export function keys(selector, { help, own = () => false, then = () => {} }) {
  const wanted = help?.querySelector("input[name=keys]");
  if (wanted) {
    wanted.checked = localStorage.getItem(SWITCH) !== "off";
    wanted.addEventListener("change", () => localStorage.setItem(SWITCH, wanted.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]")) return;
    if (event.key === "?") return event.preventDefault(), help?.showModal();
    if (event.key.length === 1 && localStorage.getItem(SWITCH) === "off") return;
    if (own(event)) return event.preventDefault();
    const key = `[data-key~="${CSS.escape(event.key.toLowerCase())}"]`;
    const target = [...document.querySelectorAll(selector)].find((one) => one.matches(key) && one.checkVisibility());
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, select, textarea")) return target.focus();
    target.click();
    then(target);
  });
}
