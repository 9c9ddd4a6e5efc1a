// Proposals under a text field (communes, people): `<input data-suggest="/address/?q=">`, answered by JSON
// `[{"value": "71230", "label": "Gueugnon", "detail": "Saône-et-Loire"}]`. Without scripts one types the name or the code.
import { fresh } from "./once.js";
import { text } from "./texts.js";

const WAIT = 180;
let serial = 0;

export function suggestions(root) {
  for (const input of fresh(root, "input[data-suggest]", "suggests")) equip(input);
}

function equip(input) {
  const list = Object.assign(document.createElement("ul"), { className: "suggest-list", id: `suggest-${++serial}`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  const status = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  status.setAttribute("role", "status");
  const frame = Object.assign(document.createElement("div"), { className: "suggest" });
  input.replaceWith(frame);
  frame.append(input, list, status);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) input.setAttribute(name, value);

  let timer = 0;
  let asked = "";
  const options = () => [...list.children];
  const current = () => options().findIndex((option) => option.ariaSelected === "true");
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    for (const [rank, option] of options().entries()) option.setAttribute("aria-selected", String(rank === index));
    const option = list.children[index];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    input.value = option.dataset.label;
    const target = input.dataset.target && document.getElementById(input.dataset.target);
    if (target) target.value = option.dataset.value;
    input.dispatchEvent(new CustomEvent("maillage:choose", { bubbles: true, detail: { value: option.dataset.value, label: option.dataset.label } }));
    close();
  };
  const fill = (entries) => {
    list.replaceChildren(...entries.map((entry, rank) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${rank}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      Object.assign(option.dataset, { value: entry.value, label: entry.label });
      option.append(entry.label, Object.assign(document.createElement("small"), { textContent: entry.detail ?? "" }));
      return option;
    }));
    list.hidden = entries.length === 0;
    input.setAttribute("aria-expanded", String(entries.length > 0));
    status.textContent = entries.length ? text(entries.length > 1 ? "results" : "result", { count: entries.length }) : text("no_result");
  };
  const ask = async () => {
    asked = input.value.trim();
    if (asked.length < 2) return close();
    const answer = await fetch(input.dataset.suggest + encodeURIComponent(asked), { headers: { Accept: "application/json" } });
    if (answer.ok && asked === input.value.trim()) fill(await answer.json());
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) { event.preventDefault(); close(); }
    if (!count) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark((current() + 1) % count); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark((current() - 1 + count) % count); }
    if (event.key === "Enter" && current() >= 0) { event.preventDefault(); choose(list.children[current()]); }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // keeps the focus in the field
    const option = event.target.closest("li");
    if (option) choose(option);
  });
  input.addEventListener("blur", close);
}
