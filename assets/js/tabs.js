// On a phone the tabs scroll sideways: the page shown is brought into view.

export function tabs(root) {
  for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
    const strip = tab.closest(".tabs");
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}
