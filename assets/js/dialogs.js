// `data-opens="id"` opens that dialog; `data-closes` closes the one around it. Without scripts the link's own page does.
import { fresh } from "./once.js";

export function dialogs(root) {
  for (const opener of fresh(root, "[data-opens]", "opens")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
    });
  }
  for (const closer of fresh(root, "dialog [data-closes]", "closes")) {
    closer.addEventListener("click", () => closer.closest("dialog").close());
  }
}
