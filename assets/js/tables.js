// Sorts a table where it stands; without scripts the headings are links that ask the server the same.
import { fresh } from "./once.js";
import { text } from "./texts.js";

const alphabetical = new Intl.Collator(document.documentElement.lang || "fr", { numeric: true });

export function sortableTables(root) {
  for (const table of fresh(root, "table[data-sortable]", "sorts")) {
    table.tHead?.addEventListener("click", (event) => {
      const heading = event.target.closest("th");
      if (!heading || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      sort(table, heading);
    });
  }
}

function sort(table, heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  const column = heading.cellIndex;
  const body = table.tBodies[0];
  const value = (row) => row.cells[column]?.dataset.value ?? row.cells[column]?.textContent.trim() ?? "";
  const numeric = (heading.dataset.kind ?? "text") !== "text";
  const compare = numeric ? (a, b) => Number(a) - Number(b) : alphabetical.compare;
  const rows = [...body.rows].map((row) => [value(row), row]);
  // Unknown and secret values stay last, whichever the direction.
  rows.sort(([a], [b]) => (a === "") - (b === "") || (a === "" ? 0 : compare(a, b) * (descending ? -1 : 1)));
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  announce(table, text(descending ? "sorted_descending" : "sorted_ascending", { column: heading.textContent.trim().replaceAll(/\s+/g, " ") }));
}

function announce(table, message) {
  let region = table.parentElement.querySelector(":scope > .sort-status");
  if (!region) {
    region = Object.assign(document.createElement("p"), { className: "visually-hidden sort-status" });
    region.setAttribute("role", "status");
    table.after(region);
  }
  region.textContent = message;
}
