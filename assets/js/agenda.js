// The agenda's grid: arrows between slots, an appointment dragged to a free slot, a slot drawn on an empty hour.
// Each gesture opens an address that a link opens too; the page then says what will be done and asks first.
import { keys } from "./keys.js";

const STEP = 5; // minutes: what is drawn falls on a quantum
const PLACE = "maillage-agenda-place"; // sessionStorage: which agenda, how far down
const FAR = 6; // px: less is a press, more is a drag

export function agenda(root) {
  const screen = root.getElementById("agenda-screen");
  if (!screen) return;
  keys("main [data-key]", { help: document.getElementById("agenda-keys"), own: (event) => step(screen, event) });
  rove(screen);
  pointers(screen);
  once(document.querySelector("main"));
  stay(screen);
  if (location.hash === "#fiche") document.getElementById("fiche")?.focus({ preventScroll: true });
  else if (!location.hash && !scrollY && matchMedia("(max-width: 48rem)").matches) document.getElementById("maintenant")?.scrollIntoView({ block: "center" });
}

/** Comes back where one was on the page, so that a slot opened from the middle of the day stays in sight. */
function stay(screen) {
  const [path, top] = (sessionStorage.getItem(PLACE) ?? "").split(" ");
  sessionStorage.removeItem(PLACE);
  if (path === location.pathname) scrollTo({ top: Number(top), behavior: "instant" });
  const keep = () => sessionStorage.setItem(PLACE, `${location.pathname} ${scrollY}`);
  screen.addEventListener("click", (event) => event.target.closest("a") && keep());
  screen.addEventListener("submit", keep);
}

const cells = (part) => [...part.querySelectorAll(".cell > a")].filter((one) => one.checkVisibility());

/** One cell of the grid is in the order of tabulation; arrows go from one to the others. */
function rove(screen) {
  const all = cells(screen);
  const first = screen.querySelector(".cell > a[aria-current]") ?? all.find((one) => "free" in one.dataset) ?? all[0];
  for (const one of all) one.tabIndex = one === first ? 0 : -1;
  screen.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".cell > a");
    if (cell) for (const one of cells(screen)) one.tabIndex = one === cell ? 0 : -1;
  });
}

/** Moves the focus: up and down in a day, left and right to the nearest slot of another day. */
function step(screen, event) {
  if (event.key === "Escape") {
    const close = screen.querySelector("#fiche [data-key=x]");
    close?.click();
    return Boolean(close);
  }
  const from = document.activeElement.closest?.(".cell > a");
  const along = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!along && !across) return false;
  if (!from) {
    if (event.key.startsWith("Arrow")) return false;
    screen.querySelector(".cell > a[tabindex='0']")?.focus();
    return true;
  }
  const day = from.closest(".day");
  if (along) {
    const here = cells(day);
    here[here.indexOf(from) + along]?.focus();
    return true;
  }
  const days = [...screen.querySelectorAll(".day")].filter((one) => one.checkVisibility() && cells(one).length);
  const next = days[days.indexOf(day) + across];
  const middle = (one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; };
  if (next) cells(next).sort((a, b) => Math.abs(middle(a) - middle(from)) - Math.abs(middle(b) - middle(from)))[0].focus();
  return true;
}

/** Follows a pointer that is pressed on an appointment, or on an empty hour; a finger scrolls instead. */
function pointers(screen) {
  screen.addEventListener("dragstart", (event) => event.target.closest(".cell > a") && event.preventDefault());
  screen.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const cell = event.target.closest(".cell > a");
    const day = event.target.closest(".day-body");
    if (cell?.dataset.appointment) lift(screen, event, cell);
    else if (!cell && day && !screen.dataset.moving) draw(screen, event, day);
  });
}

/** Drags an appointment; where it is let go, the page asks to confirm, or says why it cannot be there. */
function lift(screen, start, cell) {
  const item = cell.parentElement;
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY);
  let target = null;
  follow(
    start,
    (event) => {
      item.classList.add("lifted");
      target?.classList.remove("target");
      target = under(event)?.closest(".cell:has(> [data-free])") ?? null;
      target?.classList.add("target");
    },
    (event, moved) => {
      item.classList.remove("lifted");
      target?.classList.remove("target");
      if (!moved) return;
      addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
      setTimeout(() => go(screen, { deplacer: cell.dataset.appointment, ...place(under(event), event) }));
    },
  );
}

/** Where an appointment is let go: on a slot, or at an hour of a day. */
function place(element, event) {
  const slot = element?.closest(".cell")?.querySelector("a").dataset.slot;
  if (slot) return { vers: slot };
  const day = element?.closest(".day-body");
  return day ? { a: `${day.dataset.day}T${hour(day, event.clientY)}` } : {};
}

/** Draws a stretch of an empty day; the form that opens it is filled in with its hours. */
function draw(screen, start, day) {
  const mark = Object.assign(document.createElement("div"), { className: "drawn" });
  const top = day.getBoundingClientRect().top;
  follow(
    start,
    (event) => {
      const [from, to] = [start.clientY, event.clientY].sort((a, b) => a - b);
      mark.style.top = `${from - top}px`;
      mark.style.height = `${to - from}px`;
      mark.textContent = `${hour(day, from)} – ${hour(day, to)}`;
      if (!mark.isConnected) day.append(mark);
    },
    (event, moved) => {
      if (!moved) return mark.remove();
      const [from, to] = [start.clientY, event.clientY].sort((a, b) => a - b);
      go(screen, { ouvrir: `${day.dataset.day}T${hour(day, from)}`, a: `${day.dataset.day}T${hour(day, to)}` });
    },
  );
}

function follow(start, move, end) {
  let moved = false;
  const on = (event) => {
    moved ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > FAR;
    if (moved) move(event);
  };
  const off = (event) => {
    removeEventListener("pointermove", on);
    removeEventListener("pointerup", off);
    removeEventListener("pointercancel", off);
    end(event, moved && event.type === "pointerup");
  };
  addEventListener("pointermove", on);
  addEventListener("pointerup", off);
  addEventListener("pointercancel", off);
}

/** The wall-clock hour at a height of the window, from the lines of the grid: folded hours are shorter. */
function hour(day, y) {
  const lines = [...day.closest(".planner").querySelectorAll(".hour")].map((one) => [one, one.getBoundingClientRect()]);
  const [line, box] = lines.find(([, one]) => y < one.bottom) ?? lines.at(-1);
  const minute = Math.min(60 - STEP, Math.max(0, Math.floor(((y - box.top) / box.height) * (60 / STEP)) * STEP));
  return `${line.id.split("-")[1].padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

function go(screen, asked) {
  const address = new URL(screen.dataset.here, location.href);
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  address.hash = "fiche";
  location.assign(address);
}

/** A form is sent once; the key it carries covers the rest. */
function once(main) {
  main.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-once]");
    if (!form) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => main.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
}
