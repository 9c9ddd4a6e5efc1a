// A request that fails says so; nothing is lost in silence.
import { text } from "./texts.js";

export function requests(root) {
  const tell = ({ detail }) => {
    const note = document.createElement("div");
    note.className = "toast error";
    note.append(Object.assign(document.createElement("p"), { textContent: text(detail.xhr?.status === 503 ? "overloaded" : "request_failed") }));
    document.getElementById("toasts")?.replaceChildren(note);
  };
  // A form with something missing comes back with what was typed and what is wrong.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => detail.xhr.status === 422 && Object.assign(detail, { shouldSwap: true, isError: false }));
  // A part of a page, fetched from another one, does not rename the page that it goes into; a new address does.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const header = ["HX-Push-Url", "HX-Replace-Url"].some((name) => detail.xhr.getResponseHeader(name));
    const pushes = detail.elt.closest("[hx-push-url]")?.getAttribute("hx-push-url") ?? "false";
    detail.ignoreTitle = !detail.boosted && !header && pushes === "false";
  });
  root.addEventListener("htmx:sendError", tell);
  root.addEventListener("htmx:responseError", tell);
}
