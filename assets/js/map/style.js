// How the map looks: colours from the tokens, hatching drawn by hand, one list of layers.
import { SIZES } from "./scale.js";

const probe = document.createElement("i");

/** The colour of a token as the reader's theme resolves it. */
function token(name) {
  if (!probe.isConnected) { probe.hidden = true; document.body.append(probe); }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function colours() {
  const named = Object.fromEntries(["land", "outside", "line", "hatch", "perimeter", "white-zone", "symbol"].map((name) => [name, token(`map-${name}`)]));
  named.ink = token("ink");
  named.action = token("action");
  named.surface = token("surface");
  for (const [scale, size] of Object.entries(SIZES)) named[scale] = Array.from({ length: size }, (_, rank) => token(`${scale}-${rank + 1}`));
  return named;
}

const fillColour = (palette, options) => [
  "match", ["get", "_class"],
  ...(palette[options.scale in SIZES ? options.scale : "access"].flatMap((colour, rank) => [rank + 1, colour])),
  palette.land,
];
const isState = (name) => ["boolean", ["feature-state", name], false];
const isOutside = ["==", ["get", "inside"], false];

const flowWidth = ["interpolate", ["linear"], ["get", "weight"], 0, 0.8, 1, 9];
const flow = (kind, palette, dash) => ({ id: `lines-${kind}`, type: "line", source: "lines", filter: ["==", ["get", "kind"], kind], layout: { "line-join": "round", ...(!dash && { "line-cap": "round" }) }, paint: { "line-color": palette.ink, "line-opacity": 0.72, "line-width": flowWidth, ...(dash && { "line-dasharray": dash }) } });

/** The layers, from bottom to top. */
export function layers(palette, options) {
  return [
    { id: "ground", type: "background", paint: { "background-color": palette.outside } },
    { id: "communes-fill", type: "fill", source: "communes", filter: [">", ["get", "_class"], 0], paint: { "fill-color": fillColour(palette, options), "fill-opacity": ["case", isOutside, 0.42, 1], "fill-antialias": false } },
    { id: "communes-none", type: "fill", source: "communes", filter: ["==", ["get", "_class"], 0], paint: options.field ? { "fill-pattern": "no-data", "fill-opacity": ["case", isOutside, 0.45, 1] } : { "fill-color": palette.land } },
    { id: "communes-estimate", type: "fill", source: "communes", filter: ["==", ["get", "_estimate"], true], paint: { "fill-pattern": "estimate" } },
    { id: "communes-hover", type: "fill", source: "communes", paint: { "fill-color": palette.ink, "fill-opacity": ["case", isState("hover"), 0.1, 0] } },
    { id: "communes-picked", type: "fill", source: "communes", paint: { "fill-color": palette.action, "fill-opacity": ["case", isState("picked"), 0.55, 0] } },
    { id: "communes-line", type: "line", source: "communes", paint: { "line-color": palette.line, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 9, 0.9, 12, 1.6] } },
    { id: "perimeter-halo", type: "line", source: "perimeter", layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": palette.line, "line-width": 6, "line-opacity": 0.85 } },
    { id: "perimeter-line", type: "line", source: "perimeter", layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": palette.perimeter, "line-width": 2.6 } },
    { id: "zones-line", type: "line", source: "zones", layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": palette["white-zone"], "line-width": 2.2 } },
    flow("modelled", palette, [1.6, 1.1]),
    flow("observed", palette),
    { id: "communes-selected-halo", type: "line", source: "communes", layout: { "line-join": "round" }, paint: { "line-color": palette.surface, "line-width": ["case", isState("selected"), 6, 0] } },
    { id: "communes-selected", type: "line", source: "communes", layout: { "line-join": "round" }, paint: { "line-color": palette.ink, "line-width": ["case", isState("selected"), 3, 0] } },
    { id: "points", type: "symbol", source: "points", layout: { "icon-image": ["concat", ["get", "type"], ["case", ["==", ["get", "centre"], true], "-hollow", ""]], "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.5, 9, 0.8, 12, 1.1], "icon-allow-overlap": true } },
  ];
}

/** Gives the layers the colours of the theme in force. */
export function repaint(map, options) {
  for (const layer of layers(colours(), options)) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) if (name.endsWith("color")) map.setPaintProperty(layer.id, name, value);
  }
}

/** Draws the hatching and the symbols of points (outlines in a square of 20, by type) in the colours of the theme in force. */
export function addImages(map, symbols) {
  const palette = colours();
  const put = (name, image) => (map.hasImage(name) ? map.updateImage(name, image.data) : map.addImage(name, image.data, { pixelRatio: 2 }));
  put("no-data", drawn(16, (pen) => {
    pen.fillStyle = palette.land;
    pen.fillRect(0, 0, 16, 16);
    pen.strokeStyle = palette.hatch;
    pen.lineWidth = 2.2;
    pen.beginPath();
    for (const shift of [-16, 0, 16]) { pen.moveTo(shift - 2, 18); pen.lineTo(shift + 18, -2); }
    pen.stroke();
  }));
  put("estimate", drawn(14, (pen) => {
    pen.fillStyle = palette.ink;
    pen.globalAlpha = 0.55;
    pen.beginPath();
    pen.arc(7, 7, 1.5, 0, 7);
    pen.fill();
  }));
  for (const [type, outline] of symbols) {
    for (const hollow of [false, true]) {
      put(hollow ? `${type}-hollow` : type, drawn(40, (pen) => {
        const path = new Path2D(outline);
        pen.translate(4, 4);
        pen.scale(1.6, 1.6);
        pen.lineJoin = "round";
        pen.strokeStyle = palette.line;
        pen.lineWidth = 4;
        pen.stroke(path);
        pen.fillStyle = hollow ? palette.line : palette.symbol;
        pen.fill(path, "evenodd");
        pen.strokeStyle = palette.symbol;
        pen.lineWidth = 1.6;
        pen.stroke(path);
      }));
    }
  }
}

function drawn(size, paint) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  paint(pen);
  return { data: pen.getImageData(0, 0, size, size) };
}
