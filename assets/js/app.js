// What every page may need; the map and the charts are fetched only by the pages that draw one.
import { agenda } from "./agenda.js";
import { appearance } from "./appearance.js";
import { conversation } from "./conversation.js";
import { desk } from "./desk.js";
import { dialogs } from "./dialogs.js";
import { inbox } from "./inbox.js";
import { islands } from "./islands.js";
import { lists } from "./lists.js";
import { live } from "./live.js";
import { menus } from "./menus.js";
import { requests } from "./requests.js";
import { scenarioOnMap } from "./what-if.js";
import { suggestions } from "./suggest.js";
import { sortableTables } from "./tables.js";
import { tabs } from "./tabs.js";

/** Brings one part of the page to life: the whole page at first, then what htmx swaps in. */
function enliven(root) {
  dialogs(root);
  suggestions(root);
  sortableTables(root);
  scenarioOnMap(root);
  tabs(root);
}

appearance(document);
requests(document);
islands(document);
lists(document);
menus(document);
desk(document);
agenda(document);
inbox(document);
conversation(document);
live(document);
enliven(document);
document.querySelector(".error-summary")?.focus();
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  enliven(elt);
  // What was pressed is gone with the part that held it: the reader goes on from what is wrong, or from the top.
  const wrong = elt.querySelector?.(".error-summary");
  if (wrong) wrong.focus();
  else if (elt.id === "contenu") elt.focus({ preventScroll: true });
});
