// What is under the pointer, in a few words; a click or Enter keeps it open, with its links reachable by keyboard.
import { quantity, text } from "../texts.js";

export function tip(maplibre, map, owner) {
  const light = new maplibre.Popup({ closeButton: false, closeOnClick: false, focusAfterOpen: false, offset: 8, className: "light" });
  const kept = new maplibre.Popup({ closeButton: true, closeOnClick: false, focusAfterOpen: false, offset: 8, locale: { "Popup.Close": text("close") } });
  kept.on("open", () => kept.getElement().querySelector("button")?.setAttribute("aria-label", text("close")));
  return {
    hover(feature, at) {
      if (!feature || kept.isOpen()) return light.remove();
      return light.setLngLat(at).setDOMContent(words(feature, owner.dataset)).addTo(map);
    },
    open(feature, at) {
      light.remove();
      kept.setLngLat(at).setDOMContent(words(feature, owner.dataset)).addTo(map);
    },
    close() {
      kept.remove();
    },
  };
}

function words({ properties, layer }, options) {
  const frame = Object.assign(document.createElement("div"), { className: "map-tip" });
  const line = (tag, content) => frame.append(Object.assign(document.createElement(tag), { textContent: content }));
  const title = Object.assign(document.createElement("strong"), { textContent: properties.name ?? properties.code });
  if (properties.url) {
    const link = Object.assign(document.createElement("a"), { href: properties.url });
    link.append(title);
    frame.append(link);
  } else frame.append(title);
  if (layer.id === "points") line("span", properties.type_label ?? properties.type);
  else if (options.field && options.scale !== "category") {
    const value = properties[options.field];
    const decimals = Number(options.decimals ?? (options.unit === "%" ? 0 : options.scale === "count" ? 0 : 2));
    const known = value !== null && value !== undefined;
    line("span", known ? `${options.label ? `${options.label}\u00a0: ` : ""}${quantity(value, options.unit, decimals)}` : text("no_data"));
    if (properties.estimate) line("em", text("estimate"));
  } else if (options.field) line("span", properties[`${options.field}_label`] ?? properties[options.field] ?? text("no_data"));
  if (properties.detail) line("span", properties.detail);
  if (properties.inside === false) line("span", text("outside"));
  return frame;
}
