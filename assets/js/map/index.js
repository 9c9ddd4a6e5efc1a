// <maillage-map>: our own GeoJSON as an atlas draws it, beside the list that says the same. No tiles, no glyph server, no key.
// The server has drawn it already (web/components/map.html): the drawing stays until MapLibre has one to put in its place,
// and its legend stays for good, which gives each type of point its symbol.
//
//   data-src        GeoJSON of communes: properties code, name, inside, the field, and as known population, estimate,
//                   white_zone, url, detail; collection: estimate, credit, categories [{key, label}]
//   data-field, data-scale (access | difference | count | category), data-bounds, data-unit, data-decimals, data-label
//   data-perimeter  GeoJSON outlined in the brand colour (else the outline of the features inside is drawn)
//   data-points     GeoJSON points: properties type, type_label, name, url, detail, centre (true: placed at the commune's centre)
//   data-fit        "points": the view holds the points rather than the whole territory
//   data-lines      GeoJSON lines between communes: properties weight (0 to 1, the width), kind (modelled: dashed | observed: solid)
//   data-list       id of the list whose rows carry data-code
//   data-pick       id of an input (a click adds or removes a code) or of a form (a click fills `commune` and submits)
//
// Emits `maillage:select` {code, from} and `maillage:pick` {code, picked, codes}. `refresh()`, or a `maillage:refresh` event
// on the page, reads the data again; `update({code: {property: value}})` changes some communes without reading anything.
import * as maplibre from "maplibre-gl";
import { controls } from "./controls.js";
import { labels } from "./labels.js";
import { classify } from "./scale.js";
import { addImages, colours, layers, repaint } from "./style.js";
import { bounds, outline } from "./geometry.js";
import { tip } from "./tip.js";
import { text } from "../texts.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const script = document.getElementById("app-script");
maplibre.setWorkerUrl(new URL(script.dataset.mapWorker, location.href).href);

const read = async (url) => {
  if (!url) return EMPTY;
  const answer = await fetch(url, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

const whiteZones = (communes) => outline(communes.features.filter((feature) => feature.properties.white_zone));

class MaillageMap extends HTMLElement {
  async connectedCallback() {
    if (this.canvas) return;
    this.canvas = Object.assign(document.createElement("div"), { className: "map-live" });
    this.querySelector(".map-canvas").append(this.canvas);
    this.onTheme = () => this.map?.isStyleLoaded() && (addImages(this.map, this.symbols), repaint(this.map, this.dataset));
    this.onRefresh = () => this.refresh();
    document.addEventListener("maillage:theme", this.onTheme);
    document.addEventListener("maillage:refresh", this.onRefresh);
    const canvas = this.canvas;
    try {
      await this.draw();
    } catch (error) {
      if (this.canvas === canvas) this.fail(error);
    }
    // A map taken off the page while it was loading has nothing to show and nobody to tell.
    if (this.canvas !== canvas) return;
    this.drawn = true;
  }

  disconnectedCallback() {
    document.removeEventListener("maillage:theme", this.onTheme);
    document.removeEventListener("maillage:refresh", this.onRefresh);
    this.map?.remove();
    this.canvas?.remove();
    this.map = this.canvas = undefined;
  }

  /** Without MapLibre (no WebGL, no answer) the server's drawing stays. */
  fail(error) {
    console.warn(error);
    this.map?.remove();
    this.map = undefined;
    this.canvas.remove();
  }

  /** Reads the data and prepares what the map draws: features with their class, outlines, points. */
  async load() {
    const [communes, perimeter, points, lines] = await Promise.all(["src", "perimeter", "points", "lines"].map((name) => read(this.dataset[name])));
    // Where every value is an estimate the legend says so once; marks are for the few among others.
    const some = communes.features.some(({ properties }) => properties.inside !== false && !properties.estimate && properties[this.dataset.field] != null);
    for (const { properties } of communes.features) properties._estimate = some && properties.estimate === true;
    for (const feature of communes.features) feature.properties._class = classify(feature.properties, this.dataset, communes);
    this.features = new Map(communes.features.map((feature) => [String(feature.properties.code), feature]));
    const inside = communes.features.filter((feature) => feature.properties.inside !== false);
    this.data = {
      communes,
      points,
      lines,
      perimeter: perimeter.features.length ? perimeter : inside.length < communes.features.length ? outline(inside) : EMPTY,
      zones: whiteZones(communes),
    };
    const fitted = this.dataset.fit === "points" && points.features.length ? points : this.data.perimeter;
    this.extent = bounds(fitted.features.length ? fitted : communes);
  }

  /** How the extent is brought into the frame: a few points keep some country around them. */
  get fitting() {
    return this.dataset.fit === "points" ? { padding: { top: 28, bottom: 24, left: 36, right: 60 }, maxZoom: 12 } : { padding: 24 };
  }

  async draw() {
    await this.load();
    if (!this.isConnected) return;
    const touch = matchMedia("(pointer: coarse)").matches;
    this.map = new maplibre.Map({
      container: this.canvas,
      style: { version: 8, sources: {}, layers: [] },
      bounds: this.extent,
      fitBoundsOptions: this.fitting,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      rollEnabled: false,
      maxZoom: 15,
      cooperativeGestures: touch,
      fadeDuration: 0,
    });
    await new Promise((done, failed) => {
      this.map.once("load", done);
      this.map.once("error", (event) => failed(event.error));
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    addImages(this.map, this.symbols);
    for (const [name, data] of Object.entries(this.data)) this.map.addSource(name, { type: "geojson", data, ...(name === "communes" && { promoteId: "code" }) });
    for (const layer of layers(colours(), this.dataset)) this.map.addLayer(layer);
    this.labels = labels(maplibre, this.map, this.data.communes, this.data.points.features.length > 0);
    this.tip = tip(maplibre, this.map, this);
    controls(maplibre, this.map, this);
    this.listen();
    this.showPicked();
    await new Promise((done) => this.map.once("idle", done));
    this.querySelector(".map-drawing")?.remove();
  }

  /** The outline of each type of point, as the legend draws it. */
  get symbols() {
    return new Map([...this.querySelectorAll(".map-key [data-type]")].map((symbol) => [symbol.dataset.type, symbol.firstElementChild.getAttribute("d")]));
  }

  listen() {
    const at = (point) => this.map.queryRenderedFeatures(point, { layers: ["points", "communes-fill", "communes-none"] })[0];
    this.map.on("mousemove", (event) => this.hover(at(event.point), event.lngLat));
    this.map.on("mouseout", () => this.hover());
    this.map.on("click", (event) => this.enter(at(event.point), event.lngLat));
    const canvas = this.map.getCanvas();
    canvas.setAttribute("aria-label", text("map_label", { label: this.dataset.label ?? "" }));
    canvas.setAttribute("role", "application");
    // By keyboard: arrows move, + and − zoom, Enter opens what is under the cross at the centre.
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.enter(at(this.map.project(this.map.getCenter())), this.map.getCenter());
      if (event.key === "Escape") this.tip.close();
    });
    // The wheel scrolls the page until the reader has entered the map.
    this.map.scrollZoom.disable();
    canvas.addEventListener("focus", () => this.map.scrollZoom.enable());
    canvas.addEventListener("blur", () => this.map.scrollZoom.disable());
  }

  hover(feature, at) {
    this.map.getCanvas().style.cursor = feature ? "pointer" : "";
    const code = feature?.layer.id === "points" ? undefined : feature?.properties.code;
    if (this.hovered !== code) {
      if (this.hovered !== undefined) this.map.setFeatureState({ source: "communes", id: this.hovered }, { hover: false });
      if (code !== undefined) this.map.setFeatureState({ source: "communes", id: code }, { hover: true });
      this.hovered = code;
    }
    this.tip.hover(feature, at);
  }

  /** What a click, a tap or Enter does to what is there. */
  enter(feature, at) {
    if (!feature) return this.tip.close();
    if (feature.layer.id === "points") return this.tip.open(feature, at);
    if (this.dataset.pick) return this.pick(String(feature.properties.code));
    this.select(String(feature.properties.code), { from: "map" });
    this.tip.open(feature, at);
  }

  /** Shows the commune `code` as selected; `fly` brings it into view. Called by the list too. */
  select(code, { from = "list", fly = false } = {}) {
    if (!this.map || !this.features.has(code)) return;
    if (this.selected !== undefined) this.map.setFeatureState({ source: "communes", id: this.selected }, { selected: false });
    this.map.setFeatureState({ source: "communes", id: code }, { selected: true });
    this.selected = code;
    const feature = this.features.get(code);
    const box = bounds(feature);
    const centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (fly && !this.map.getBounds().contains(centre)) this.map.easeTo({ center: centre, duration: calm ? 0 : 200 });
    if (from === "list") this.tip.open({ ...feature, layer: { id: "communes-fill" } }, centre);
    this.dispatchEvent(new CustomEvent("maillage:select", { bubbles: true, detail: { code, from } }));
  }

  /** Adds `code` to, or removes it from, the picked communes; or submits it when `data-pick` names a form. */
  pick(code) {
    const target = document.getElementById(this.dataset.pick);
    if (target instanceof HTMLFormElement) {
      target.elements.namedItem("commune").value = code;
      target.requestSubmit();
    } else if (target) {
      const codes = new Set(target.value.split(/\s+/).filter(Boolean));
      if (!codes.delete(code)) codes.add(code);
      target.value = [...codes].join(" ");
      target.dispatchEvent(new Event("change", { bubbles: true }));
      this.showPicked();
      this.dispatchEvent(new CustomEvent("maillage:pick", { bubbles: true, detail: { code, picked: codes.has(code), codes: [...codes] } }));
    }
    this.select(code, { from: "map" });
  }

  showPicked() {
    const target = this.dataset.pick && document.getElementById(this.dataset.pick);
    if (!this.map || !target || target instanceof HTMLFormElement) return;
    const codes = new Set(target.value.split(/\s+/));
    for (const code of this.features.keys()) this.map.setFeatureState({ source: "communes", id: code }, { picked: codes.has(code) });
  }

  async refresh() {
    if (!this.map) return;
    await this.load();
    for (const [name, data] of Object.entries(this.data)) this.map.getSource(name).setData(data);
  }

  /** Changes properties of some communes, by code: what a scenario moves is redrawn, the rest is not read again. */
  update(changes) {
    if (!this.map) return;
    for (const [code, properties] of Object.entries(changes)) {
      const feature = this.features.get(code);
      if (feature) Object.assign(feature.properties, properties, { _class: classify({ ...feature.properties, ...properties }, this.dataset, this.data.communes) });
    }
    this.data.zones = whiteZones(this.data.communes);
    for (const name of ["communes", "zones"]) this.map.getSource(name).setData(this.data[name]);
  }

  /** Brings the whole territory back into view. */
  reset() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(this.extent, { ...this.fitting, duration: calm ? 0 : 200 });
  }
}

customElements.define("maillage-map", MaillageMap);
