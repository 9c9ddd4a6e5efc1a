// The regulation desk: live queue, time elapsed, one key an action. Every action also works without this file.
//
// <div id="desk" data-now data-stream…> holds the server's clock and the words; [data-key="r"] answers to that key;
// [data-since] is an instant whose age is shown; [data-left] counts down the seconds that a seat stays held;
// #desk-queue[data-src] is fetched again when something changed; #desk-map brings its map only once it is open.
import { look } from "./islands.js";
import { keys } from "./keys.js";

const POLL = 4000; // ms between two looks where the stream is not to be had
const CALM = 3000; // ms after an action before the queue is asked for again
const TOLD = 12000; // ms that what went well stays said over the queue; what did not stays
const FOLDED = "maillage-desk-map"; // localStorage: "yes" where the reader folded the map, "no" where they unfolded it

export function desk(root) {
  const screen = root.getElementById("desk");
  if (!screen) return;
  keys(".desk-header [data-key], #desk [data-key]", {
    help: document.getElementById("desk-keys"),
    own: (event) => (event.key === "o" ? first(screen) : step(screen, event)),
    then: (target) => target.matches(".desk-refuse > summary") && target.nextElementSibling.querySelector("select").focus(),
  });
  clocks(screen, root);
  live(screen);
  map();
  once(screen);
  parts(screen);
}

/** Puts in place what an action or a link changes: where one is, what has the focus, what still has to be drawn. */
function parts(screen) {
  document.addEventListener("DOMContentLoaded", () => {
    // Nothing of a request is kept by the browser: going back asks the server.
    Object.assign(window.htmx.config, { historyCacheSize: 0, refreshOnHistoryMiss: true });
  });
  // An answer from elsewhere (the session is over) or a refusal is a page of its own.
  screen.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if ([401, 403, 404].includes(xhr.status)) location.reload();
    else if (!new URL(xhr.responseURL).pathname.startsWith(new URL(screen.dataset.stream, location.href).pathname.replace(/[^/]+\/$/, ""))) location.assign(xhr.responseURL);
    else return;
    event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const open = document.getElementById("desk-request").dataset.request;
    for (const row of screen.querySelectorAll("#desk-queue .queue-row")) {
      if (row.id === `demande-${open}`) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    map();
    for (const toast of document.querySelectorAll("#toasts .toast:not(.warning, .error)")) setTimeout(() => toast.remove(), TOLD);
    if (document.activeElement === document.body) document.getElementById("request-title")?.focus({ preventScroll: true });
  });
}

/** Opens the first request of the queue. */
function first(screen) {
  screen.querySelector("#desk-queue a[data-request]")?.click();
  return true;
}

/** Moves the focus along the queue. */
function step(screen, event) {
  if (event.key !== "j" && event.key !== "k") return false;
  const links = [...screen.querySelectorAll("#desk-queue a[data-request]")];
  const here = links.indexOf(document.activeElement);
  links.at(event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0))?.focus();
  return true;
}

/** Writes every age and every time left anew each second, on the server's clock: the reader's may be wrong. */
function clocks(screen, root) {
  const ahead = Date.now() - Date.parse(screen.dataset.now);
  const ends = new WeakMap(); // when each seat held is free again
  const write = () => {
    const now = Date.now() - ahead;
    for (const one of root.querySelectorAll("time[data-since]")) say(one, minutes(now - Date.parse(one.dataset.since)));
    for (const one of root.querySelectorAll("[data-due]")) {
      const left = Date.parse(one.dataset.due) - now;
      const { remains, over, soon, just } = screen.dataset;
      const words = Math.abs(left) < 60000 ? (left > 0 ? soon : just) : left > 0 ? remains : over;
      say(one, words.replace("{time}", minutes(Math.abs(left))));
      one.parentElement.classList.toggle("attention", left <= 0);
    }
    for (const one of root.querySelectorAll("[data-left]")) {
      if (!ends.has(one)) ends.set(one, Date.now() + 1000 * Number(one.dataset.left));
      const left = Math.max(0, Math.ceil((ends.get(one) - Date.now()) / 1000));
      say(one.querySelector(".desk-left"), `${Math.floor(left / 60)}\u00a0min\u00a0${padded(left % 60)}`);
      one.querySelector(".desk-hold-on").hidden = !left;
      one.querySelector(".desk-hold-over").hidden = Boolean(left);
    }
  };
  write();
  document.addEventListener("htmx:afterSettle", write);
  setInterval(write, 1000);
}

/** « 12 min », « 1 h 05 », as the server writes it. */
function minutes(elapsed) {
  const whole = Math.max(0, Math.floor(elapsed / 60000));
  const hours = Math.floor(whole / 60);
  return hours ? `${hours}\u00a0h\u00a0${padded(whole % 60)}` : `${whole}\u00a0min`;
}

const padded = (count) => String(count).padStart(2, "0");
const say = (element, text) => element.textContent !== text && (element.textContent = text);

/** Draws the map where there is room for it or where the reader opens it, and remembers who closed it. */
function map() {
  const frame = document.getElementById("desk-map");
  if (!frame || frame.dataset.ready) return;
  frame.dataset.ready = "yes";
  const draw = async () => {
    const place = frame.querySelector("[data-src]");
    if (!frame.open || !place) return;
    const { src } = place.dataset;
    delete place.dataset.src;
    const answer = await fetch(src, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    place.innerHTML = await answer.text();
    look(place);
  };
  // On a low screen the map would hide the third proposal: it waits to be asked for.
  const room = matchMedia("(min-width: 75rem) and (min-height: 62rem)").matches;
  frame.open = { yes: false, no: matchMedia("(min-width: 75rem)").matches }[localStorage.getItem(FOLDED)] ?? room;
  frame.querySelector("summary").addEventListener("click", () => localStorage.setItem(FOLDED, frame.open ? "yes" : "no"));
  frame.addEventListener("toggle", draw);
  draw();
}

/** Looks again when the server says that something changed, or every few seconds where it cannot say so. */
function live(screen) {
  const queue = document.getElementById("desk-queue");
  const stream = new EventSource(screen.dataset.stream);
  let timer;
  // What the reader just did is in its own answer: the rest of the queue waits until that is there.
  let acted = 0;
  let due;
  screen.addEventListener("htmx:beforeRequest", () => (acted = Infinity));
  screen.addEventListener("htmx:afterRequest", () => (acted = Date.now()));
  const soon = () => {
    clearTimeout(due);
    const left = Math.min(CALM, acted + CALM - Date.now());
    due = left > 0 ? setTimeout(soon, left) : void refresh(screen, queue);
  };
  const poll = (yes) => {
    clearInterval(timer);
    timer = yes ? setInterval(soon, POLL) : undefined;
  };
  poll(true);
  stream.addEventListener("open", () => poll(false));
  stream.addEventListener("error", () => poll(true));
  stream.addEventListener("changed", soon);
  addEventListener("pagehide", () => stream.close());
  for (const gone of ["pointerleave", "focusout"]) queue.addEventListener(gone, () => setTimeout(() => show(queue), 200));
}

let waiting = null; // the queue as it now is, while the reader's pointer or focus is on the old one

async function refresh(screen, queue) {
  const known = (waiting ?? queue).querySelector("[data-version]")?.dataset.version ?? "";
  const query = new URLSearchParams({ version: known, demande: document.getElementById("desk-request").dataset.request });
  const answer = await fetch(`${queue.dataset.src}?${query}`, { headers: { "X-Requested-With": "desk" } }).catch(() => null);
  if (answer?.status !== 200) return;
  const next = document.createElement("template");
  next.innerHTML = await answer.text();
  const signature = next.content.querySelector("[data-version]")?.dataset.version;
  if (!signature || signature === known) return;
  announce(screen, queue, next.content);
  waiting = next.content;
  show(queue);
}

/** Puts the new queue in place unless somebody is on it: nothing moves under the pointer. */
function show(queue) {
  if (!waiting) return;
  const busy = queue.matches(":hover") || queue.contains(document.activeElement);
  document.getElementById("desk-stale").hidden = !busy;
  if (busy) return;
  queue.replaceChildren(...waiting.childNodes);
  waiting = null;
  window.htmx?.process(queue);
}

/** Tells a screen reader, politely, which requests are new. */
function announce(screen, queue, next) {
  const ids = (part) => new Map([...part.querySelectorAll("[data-request]")].map((one) => [one.dataset.request, one.dataset.title]));
  const known = new Set([...ids(queue).keys(), ...(waiting ? ids(waiting).keys() : [])]);
  const fresh = [...ids(next)].filter(([id]) => !known.has(id));
  if (fresh.length) document.getElementById("desk-news").textContent = `${screen.dataset.arrived} ${fresh.map(([, title]) => title).join(", ")}`;
}

/** A form is sent once; the idempotency key it carries covers the rest. */
function once(screen) {
  screen.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) return event.preventDefault();
    if (event.target.method !== "post") return;
    event.target.dataset.sent = "yes";
    for (const button of event.target.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  const again = () => {
    for (const form of screen.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  };
  addEventListener("pageshow", again);
  screen.addEventListener("htmx:afterRequest", again);
}
