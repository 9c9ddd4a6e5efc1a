// A list and its map show the same selection: both speak by the `maillage:select` event, by commune code.

const mapsOf = (row) => [...document.querySelectorAll("maillage-map[data-list]")].filter((map) => document.getElementById(map.dataset.list)?.contains(row));

/** Makes the rows (data-code) of every list that a map names (data-list) answer to it, and it to them. */
export function lists(root) {
  root.addEventListener("click", (event) => {
    const row = event.target.closest("[data-code]");
    if (row && !event.target.closest("a, button, input, select")) for (const map of mapsOf(row)) map.select?.(row.dataset.code, { fly: true });
  });
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-code]");
    if (row) for (const map of mapsOf(row)) map.select?.(row.dataset.code);
  });
  root.addEventListener("maillage:select", (event) => {
    const list = document.getElementById(event.target.dataset.list);
    if (list) show(list, event.detail);
  });
}

function show(list, { code, from }) {
  for (const other of list.querySelectorAll(".selected")) other.classList.remove("selected");
  const rows = list.querySelectorAll(`[data-code="${CSS.escape(code)}"]`);
  for (const one of rows) one.classList.add("selected");
  const row = rows[0];
  // The list scrolls inside its frame; the page stays where the reader's finger is.
  const frame = row?.closest(".table-scroll");
  if (from === "map" && frame) frame.scrollTo({ top: row.offsetTop - frame.clientHeight / 2 });
}
