// `data-opens="id"` opens that dialog; `data-closes` closes the one around it. Without scripts the link's own page does.

export function dialogs(root) {
  for (const opener of root.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
    });
  }
  for (const closer of root.querySelectorAll("dialog [data-closes]")) {
    closer.addEventListener("click", () => closer.closest("dialog").close());
  }
}
