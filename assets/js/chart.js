// <maillage-chart>: draws from the accessible table already in the page, so that the two cannot differ.
//
//   data-table  id of the table (headings carry data-key, cells data-value)
//   data-kind   bar | line | histogram | dot | pyramid          data-label  what the drawing shows, for those who do not see it
//   data-x, data-y  column keys; data-series a column that parts the rows; data-side the column of the left side of a pyramid
//   data-unit   « % » writes shares as percentages, data-unit-y those of the y axis of dots alone; data-mark-x, data-mark-y  a line at a stated value
import * as Plot from "@observablehq/plot";
import { number, quantity } from "./texts.js";

const HUES = ["var(--brand)", "var(--difference-2)", "var(--access-3)", "var(--difference-1)", "var(--count-4)"];
const nonce = document.getElementById("app-script").nonce;

class MaillageChart extends HTMLElement {
  connectedCallback() {
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this);
    this.onRefresh = () => this.draw(true);
    document.addEventListener("maillage:refresh", this.onRefresh);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    document.removeEventListener("maillage:refresh", this.onRefresh);
  }

  draw(force = false) {
    const width = Math.round(this.clientWidth);
    const table = document.getElementById(this.dataset.table);
    if (!table || !width || (width === this.drawnWidth && !force)) return;
    this.drawnWidth = width;
    const svg = Plot.plot(drawing(width, this.dataset, table));
    // A style element needs the page's nonce before it enters the page.
    for (const style of svg.querySelectorAll("style")) style.nonce = nonce;
    // The drawing is one image to a screen reader: its table, on the same page, says the rest.
    for (const part of svg.querySelectorAll("[aria-label], [aria-description]")) for (const name of ["aria-label", "aria-description"]) part.removeAttribute(name);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.dataset.label ?? table.caption?.textContent.trim() ?? "");
    this.replaceChildren(svg);
  }
}

/** The rows of a table as objects: numbers where the column is of numbers, NaN where unknown. */
function rows(table) {
  const columns = [...table.tHead.rows[0].cells].map((cell) => ({ key: cell.dataset.key, text: (cell.dataset.kind ?? "text") === "text" }));
  return [...table.tBodies[0].rows].map((row) => Object.fromEntries(columns.map(({ key, text }, index) => {
    const value = row.cells[index].dataset.value ?? row.cells[index].textContent.trim();
    return [key, text ? value : value === "" ? NaN : Number(value)];
  })));
}

const heading = (table, key) => {
  const cell = [...table.tHead.rows[0].cells].find((one) => one.dataset.key === key)?.cloneNode(true);
  cell?.querySelector("svg")?.remove();
  return cell?.textContent.trim().replaceAll(/\s+/g, " ") ?? "";
};

const write = (options) => (value) => (options.unit === "%" ? quantity(value, "%", 0) : number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 2 : 1));

/** What Plot is asked: the frame common to all kinds, then what the kind adds to it. */
function drawing(width, options, table) {
  const style = { background: "transparent", color: "var(--ink-muted)", fontSize: "13px", overflow: "visible" };
  const kind = KINDS[options.kind ?? "bar"](rows(table), options);
  const axes = { x: { label: heading(table, options.x), ...kind.x }, y: { label: heading(table, options.y), ...kind.y } };
  return { width, style, marginTop: 28, marginRight: 16, marginBottom: 44, ...kind, ...axes };
}

const marks = (options) => [
  ...(options.markX ? [Plot.ruleX([Number(options.markX)], { stroke: "var(--attention)", strokeWidth: 1.5, strokeDasharray: "4 3" })] : []),
  ...(options.markY ? [Plot.ruleY([Number(options.markY)], { stroke: "var(--attention)", strokeWidth: 1.5, strokeDasharray: "4 3" })] : []),
];

const KINDS = {
  /** One bar a row, in the order of the table, names to the left so that they are read level. */
  bar(data, { x, y, ...options }) {
    const say = write(options);
    const longest = Math.max(...data.map((row) => String(row[x]).length));
    return {
      height: data.length * 28 + 16,
      marginTop: 8,
      marginBottom: 8,
      marginLeft: Math.min(longest * 7.2 + 16, 200),
      marginRight: 64,
      insetLeft: data.some((row) => row[y] < 0) ? 64 : 0,
      x: { label: null, axis: null, grid: false },
      y: { label: null, domain: data.map((row) => row[x]), tickSize: 0 },
      marks: [
        Plot.barX(data, { x: y, y: x, fill: HUES[0], insetTop: 4, insetBottom: 4 }),
        // A negative bar goes left from zero; its value is written at its own end.
        ...[1, -1].map((side) =>
          Plot.text(data.filter((row) => Number.isFinite(row[y]) && (row[y] < 0) === (side < 0)), {
            x: y, y: x, text: (row) => say(row[y]), dx: 6 * side, textAnchor: side < 0 ? "end" : "start", fill: "var(--ink)",
          }),
        ),
        Plot.ruleX([0], { stroke: "var(--rule-strong)" }),
        ...marks(options),
      ],
    };
  },
  line(data, { x, y, series, ...options }) {
    // Years with a fraction for their months: whole ones are written.
    const years = data.map((row) => row[x]).filter(Number.isFinite);
    const ticks = [...new Set(years.map(Math.ceil))].filter((year) => year <= Math.max(...years));
    return {
      height: 280, marginLeft: 64,
      color: { domain: series ? [...new Set(data.map((row) => row[series]))] : undefined, range: HUES, legend: Boolean(series) },
      x: { tickFormat: (value) => String(value), ...(typeof data[0]?.[x] === "string" ? { type: "point" } : { ticks }) }, y: { grid: true, tickFormat: write(options), nice: true },
      marks: [Plot.lineY(data, { x, y, stroke: series ?? HUES[0], strokeWidth: 2 }), Plot.dot(data, { x, y, fill: series ?? HUES[0], r: 3 }), ...marks(options)],
    };
  },
  histogram(data, { x, y, ...options }) {
    return {
      height: 260, marginLeft: 56,
      x: { tickFormat: write(options) }, y: { grid: true, tickFormat: (value) => number(value) },
      marks: [Plot.rectY(data, Plot.binX({ y: y ? "sum" : "count" }, { x, y, fill: HUES[0], inset: 0.5 })), Plot.ruleY([0], { stroke: "var(--rule-strong)" }), ...marks(options)],
    };
  },
  dot(data, { x, y, series, ...options }) {
    return {
      height: 340, marginLeft: 64, grid: true,
      color: { range: HUES, legend: Boolean(series) },
      x: { tickFormat: write(options) }, y: { tickFormat: write({ ...options, unit: options.unitY ?? options.unit }) },
      marks: [Plot.dot(data, { x, y, stroke: series ?? HUES[0], fill: series ?? HUES[0], fillOpacity: 0.25, r: 4 }), ...marks(options)],
    };
  },
  /** Two sides back to back: `data-side` to the left, `data-y` to the right, one row an age band. */
  pyramid(data, { x, y, side, ...options }) {
    const say = write(options);
    const reach = Math.max(...data.flatMap((row) => [row[y], row[side]]).filter(Number.isFinite));
    return {
      height: data.length * 26 + 72, marginLeft: 72,
      x: { domain: [-reach, reach], tickFormat: (value) => say(Math.abs(value)), label: null, grid: true },
      y: { label: null, domain: data.map((row) => row[x]).reverse(), tickSize: 0 },
      marks: [
        Plot.barX(data, { x: (row) => -row[side], y: x, fill: HUES[2], insetTop: 2, insetBottom: 2 }),
        Plot.barX(data, { x: y, y: x, fill: HUES[0], insetTop: 2, insetBottom: 2 }),
        Plot.ruleX([0], { stroke: "var(--rule-strong)" }),
      ],
    };
  },
};

customElements.define("maillage-chart", MaillageChart);
