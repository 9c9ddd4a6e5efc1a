// The inbox by the keyboard: j and k go from line to line, e does the first gesture of the line, s puts it off.
import { keys } from "./keys.js";

export function inbox(root) {
  const list = root.getElementById("inbox");
  if (list) keys("main [data-key]", { help: root.getElementById("inbox-keys"), own: (event) => act(list, event.key) });
}

/** Does what a key says of the line that has the focus, of the first where none has it. */
function act(list, key) {
  const lines = [...list.children];
  const at = lines.findIndex((one) => one.contains(document.activeElement));
  if (key === "j" || key === "k") {
    const next = lines[Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), lines.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  if (key !== "e" && key !== "s") return false;
  const line = lines[Math.max(at, 0)];
  if (key === "s") {
    const later = line.querySelector(".inbox-later");
    if (later) later.open = !later.open;
    later?.querySelector(later.open ? "form .button" : "summary")?.focus();
    return true;
  }
  // A word is owed: the field takes the focus. Otherwise the button is enough, or the page where it is done.
  const deed = line.querySelector(".message-actions form:not([action$='/plus-tard/'])");
  const field = deed?.querySelector("input[required]");
  if (field) field.focus();
  else (deed?.querySelector("button") ?? line.querySelector("a"))?.click();
  return true;
}
