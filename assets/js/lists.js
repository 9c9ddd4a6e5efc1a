// A list and its map show the same selection: both speak by the `maillage:select` event, by commune code.

/** Makes the rows of each list that a map names (data-list) answer to it, and it to them. */
export function lists(root) {
  const maps = [...document.querySelectorAll("maillage-map[data-list]")];
  for (const map of maps) {
    const list = document.getElementById(map.dataset.list);
    if (!list || list.dataset.joined || !(root === document || root.contains(list))) continue;
    list.dataset.joined = "true";
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-code]");
      if (row && !event.target.closest("a, button, input, select")) map.select?.(row.dataset.code, { fly: true });
    });
    list.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-code]");
      if (row) map.select?.(row.dataset.code);
    });
    map.addEventListener("maillage:select", (event) => show(list, event.detail));
  }
}

function show(list, { code, from }) {
  for (const other of list.querySelectorAll(".selected")) other.classList.remove("selected");
  const row = list.querySelector(`[data-code="${CSS.escape(code)}"]`);
  if (!row) return;
  row.classList.add("selected");
  if (from === "map") row.scrollIntoView({ block: "nearest" });
}
