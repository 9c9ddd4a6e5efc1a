// One scale for the map, its legend, its list and its chart: classes with stated bounds.
import { number, quantity, text } from "../texts.js";

export const SIZES = { access: 5, difference: 7, count: 5, category: 8 };
export const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "hexagon", "ring", "bar"];

const limits = (options) => (options.bounds ?? "").split(",").filter(Boolean).map(Number);
const scaleName = (options) => (options.scale in SIZES ? options.scale : "access");

/** The rank in the palette of class `index` out of `count`: few classes take colours far apart. */
export const paletteRank = (index, count, size) => (count <= 1 ? size : 1 + Math.round((index * (size - 1)) / (count - 1)));

/** The palette rank of a feature, 0 where there is no data. */
export function classify(properties, options, collection) {
  const value = properties[options.field];
  const scale = scaleName(options);
  if (value === null || value === undefined || value === "") return 0;
  if (scale === "category") {
    const rank = categories(options, collection).findIndex((category) => category.key === String(value));
    return Math.min(rank + 1, SIZES.category);
  }
  const steps = limits(options);
  return paletteRank(steps.filter((bound) => value >= bound).length, steps.length + 1, SIZES[scale]);
}

function categories(options, collection) {
  if (collection.categories) return collection.categories;
  const counts = new Map();
  for (const { properties } of collection.features) {
    const key = properties[options.field];
    if (key !== null && key !== undefined) counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
  }
  collection.categories = [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => ({ key, label: key }));
  return collection.categories;
}

/** The types of point present, each with its shape, in order of name. */
export function pointTypes(points) {
  const types = new Map(points.features.map(({ properties }) => [properties.type, properties.type_label ?? properties.type]));
  return [...types].sort((a, b) => a[1].localeCompare(b[1])).map(([type, label], rank) => ({ type, label, shape: SHAPES[rank % SHAPES.length] }));
}

/** The legend, in the same markup as the server's `{% legend %}`. */
export function legend(options, { communes, perimeter, zones, points }) {
  const frame = Object.assign(document.createElement("div"), { className: "legend" });
  const list = document.createElement("ul");
  const entry = (className, label) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("span"), { className: `swatch ${className}` }), label);
    list.append(item);
  };
  const scale = scaleName(options);
  if (options.unit && options.unit !== "%") frame.append(Object.assign(document.createElement("p"), { className: "legend-unit", textContent: options.unit }));
  if (options.field) for (const [rank, label] of scale === "category" ? named(options, communes) : ranged(options, scale)) entry(`${scale}-${rank}`, label);
  if (communes.features.some(({ properties }) => properties._class === 0) && options.field) entry("no-data", text("no_data"));
  if (communes.features.some(({ properties }) => properties._estimate)) entry("estimate", text("estimate"));
  else if (communes.estimate) list.append(Object.assign(document.createElement("li"), { className: "legend-note", textContent: text("all_estimates") }));
  if (perimeter.features.length) entry("perimeter", text("inside"));
  if (zones.features.length) entry("white-zone", text("white_zone"));
  for (const { label, shape } of pointTypes(points)) {
    const item = document.createElement("li");
    item.append(symbol(shape), label);
    list.append(item);
  }
  if (points.features.some(({ properties }) => properties.centre)) entry("centre", text("at_centre"));
  frame.append(list);
  if (communes.credit) frame.append(Object.assign(document.createElement("p"), { className: "legend-credit", textContent: communes.credit }));
  return frame;
}

/** The decimals a bound is stated with: 2,5 keeps one, 3,25 two. */
const decimalsOf = (value) => (String(Number(value.toFixed(4))).split(".")[1] ?? "").length;

function named(options, communes) {
  const known = categories(options, communes);
  const shown = known.slice(0, SIZES.category - (known.length > SIZES.category ? 1 : 0)).map(({ label }, rank) => [rank + 1, label]);
  return known.length > SIZES.category ? [...shown, [SIZES.category, text("others")]] : shown;
}

function ranged(options, scale) {
  const steps = limits(options);
  const percent = options.unit === "%";
  const say = (value) => (percent ? quantity(value, "%", decimalsOf(value * 100)) : number(value, decimalsOf(value)));
  return Array.from({ length: steps.length + 1 }, (_, index) => {
    const rank = paletteRank(index, steps.length + 1, SIZES[scale]);
    if (!steps.length) return [rank, options.label ?? ""];
    if (index === 0) return [rank, text("less_than", { value: say(steps[0]) })];
    if (index === steps.length) return [rank, text("more_than", { value: say(steps.at(-1)) })];
    return [rank, text("between", { low: say(steps[index - 1]), high: say(steps[index]) })];
  });
}

const SVG = "http://www.w3.org/2000/svg";
export const PATHS = {
  circle: "M10 3a7 7 0 1 0 .01 0Z",
  square: "M3.5 3.5h13v13h-13Z",
  triangle: "M10 2.5 18 17H2Z",
  diamond: "M10 1.5 18.5 10 10 18.5 1.5 10Z",
  cross: "M7 2.5h6V7h4.5v6H13v4.5H7V13H2.5V7H7Z",
  hexagon: "M5.5 2.5h9L19 10l-4.5 7.5h-9L1 10Z",
  ring: "M10 2a8 8 0 1 0 .01 0ZM10 6.5a3.5 3.5 0 1 1-.01 0Z",
  bar: "M1.5 6h17v8h-17Z",
};

function symbol(shape) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch-symbol");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[shape]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
