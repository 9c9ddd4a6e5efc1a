// Light, dark or the system's: applied at once, and remembered by the same request the form makes without scripts.

/** Takes over the appearance form of the footer. */
export function appearance(root) {
  for (const form of root.querySelectorAll("[data-appearance]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = event.submitter;
      const data = new FormData(form, chosen);
      document.documentElement.dataset.theme = chosen.value;
      for (const button of form.querySelectorAll("button")) button.toggleAttribute("aria-current", false);
      chosen.setAttribute("aria-current", "true");
      document.dispatchEvent(new CustomEvent("maillage:theme"));
      fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("maillage:theme")));
}
