// A request that fails says so; nothing is lost in silence.
import { text } from "./texts.js";

export function requests(root) {
  const tell = () => {
    const note = document.createElement("div");
    note.className = "toast error";
    note.append(Object.assign(document.createElement("p"), { textContent: text("request_failed") }));
    document.getElementById("toasts")?.replaceChildren(note);
  };
  root.addEventListener("htmx:sendError", tell);
  root.addEventListener("htmx:responseError", tell);
}
