// The masthead's menus are <details>: they open without a script. This closes them as a menu closes (Escape, a press or
// focus elsewhere), and on a narrow screen opens them all at once, since nothing there hides behind anything.
const narrow = matchMedia("(max-width: 64rem)");

export function menus(document) {
  const all = () => [...document.querySelectorAll("#navigation details")];
  const fit = () => {
    for (const menu of all()) {
      menu.name = narrow.matches ? "" : "navigation";
      menu.open = narrow.matches;
    }
  };
  fit();
  narrow.addEventListener("change", fit);
  document.addEventListener("htmx:load", (event) => event.detail.elt.id === "masthead" && fit());
  const close = (keep) => {
    if (narrow.matches) return;
    for (const menu of all()) if (menu !== keep) menu.open = false;
  };
  const around = (target) => all().find((menu) => menu.contains(target));
  document.addEventListener("pointerdown", (event) => close(around(event.target)));
  document.addEventListener("focusin", (event) => close(around(event.target)));
  document.addEventListener("keydown", (event) => {
    const menu = around(event.target);
    if (event.key !== "Escape" || narrow.matches || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
