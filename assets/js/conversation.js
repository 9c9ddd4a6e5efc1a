// The open page of a conversation: it asks for its messages again when something changed. It also works without this file.
//
// <div id="thread" data-src data-stream data-news> holds one part with data-version; #thread-news tells a screen reader.
const POLL = 5000; // ms between two looks where the stream is not to be had
const CHECK = 30000; // ms between two looks all the same: what the reader may see can end without a message

export function conversation(root) {
  const place = root.getElementById("thread");
  if (!place) return;
  const look = async () => {
    const known = place.querySelector("[data-version]")?.dataset.version ?? "";
    const answer = await fetch(`${place.dataset.src}?${new URLSearchParams({ version: known })}`).catch(() => null);
    // No longer in the circle, or signed out: nothing of it stays on the screen.
    if (answer && (answer.redirected || answer.status === 403 || answer.status === 404)) return void gone(place);
    if (answer?.status === 200) show(place, await answer.text());
  };
  const stream = new EventSource(place.dataset.stream);
  let timer = setInterval(look, POLL);
  const every = (pause) => {
    clearInterval(timer);
    timer = setInterval(look, pause);
  };
  stream.addEventListener("open", () => every(CHECK));
  stream.addEventListener("error", () => every(POLL));
  stream.addEventListener("changed", look);
  addEventListener("pagehide", () => stream.close());
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

function gone(place) {
  place.replaceChildren();
  location.reload();
}

function show(place, html) {
  const count = place.querySelectorAll("li").length;
  const next = document.createElement("template");
  next.innerHTML = html;
  place.replaceChildren(...next.content.childNodes);
  const news = [...place.querySelectorAll("ol > li")].slice(count);
  if (!news.length) return;
  document.getElementById("thread-news").textContent = place.dataset.news;
  const last = news.at(-1).getBoundingClientRect();
  if (last.top > innerHeight && last.top < 2 * innerHeight) news.at(-1).scrollIntoView({ block: "nearest" });
}
