// htmx announces the page itself, then each part it swaps in: what is already alive is left alone.
const alive = new WeakMap();

/** The elements of `root` (itself included) that match and that `name` has not seen yet. */
export function fresh(root, selector, name) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    const seen = alive.get(element) ?? new Set();
    alive.set(element, seen);
    return !seen.has(name) && seen.add(name);
  });
}
