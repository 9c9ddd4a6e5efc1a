// A part of a page that tells itself again: <div id data-stream> with hx-trigger="…, changed" hears its stream, and
// htmx asks for it anew. Without a stream, or without this file, its own pause goes on.

export function live(root) {
  const part = root.querySelector("[data-stream][hx-trigger~=changed]");
  if (!part) return;
  const { id } = part;
  const stream = new EventSource(part.dataset.stream);
  stream.addEventListener("changed", () => {
    const shown = document.getElementById(id); // swapped since
    if (shown) window.htmx?.trigger(shown, "changed");
  });
  addEventListener("pagehide", () => stream.close());
}
