// A request that fails says so; nothing is lost in silence.
import { text } from "./texts.js";

export function requests(root) {
  let told = null;
  let asked = "";
  const tell = ({ detail }) => {
    const status = detail.xhr?.status;
    const said = text({ 401: "session_over", 503: "overloaded" }[status] ?? "request_failed");
    if (told?.isConnected && told.dataset.said === said) return; // a part that asks again fails again: said once
    const line = Object.assign(document.createElement("p"), { textContent: `${said} ` });
    if (status === 401) line.append(Object.assign(document.createElement("a"), { href: location.href, textContent: text("sign_in_again") }));
    told = Object.assign(document.createElement("div"), { className: "toast error" });
    told.dataset.said = said;
    asked = detail.requestConfig?.verb === "get" ? detail.requestConfig.path : "";
    told.append(line);
    document.getElementById("toasts")?.replaceChildren(told);
  };
  // A form with something missing comes back with what was typed and what is wrong.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => detail.xhr.status === 422 && Object.assign(detail, { shouldSwap: true, isError: false }));
  // A part of a page, fetched from another one, does not rename the page that it goes into; a new address does.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const header = ["HX-Push-Url", "HX-Replace-Url"].some((name) => detail.xhr.getResponseHeader(name));
    const pushes = detail.elt.closest("[hx-push-url]")?.getAttribute("hx-push-url") ?? "false";
    detail.ignoreTitle = !detail.boosted && !header && pushes === "false";
  });
  // A part that answers again takes back what was said of its silence.
  root.addEventListener("htmx:afterOnLoad", ({ detail }) => detail.successful && detail.requestConfig.path === asked && told?.remove());
  root.addEventListener("htmx:sendError", tell);
  root.addEventListener("htmx:responseError", tell);
}
