// The words of the scripts come from the server, in the reader's language (maillage.web.context.texts).
const words = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** The text named `key`, its `{placeholders}` filled. */
export function text(key, values = {}) {
  return (words[key] ?? key).replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const language = document.documentElement.lang || "fr";

/** A number as the reader writes it, with U+202F between thousands in French like the server. */
export function number(value, decimals = 0) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value)
    .replace("-", "\u2212");
}

/** A value with its unit; « % » takes a share. */
export function quantity(value, unit = "", decimals = 0) {
  if (unit === "%") return `${number(value * 100, decimals)}${language === "fr" ? "\u00a0" : ""}%`;
  return unit ? `${number(value, decimals)}\u00a0${unit}` : number(value, decimals);
}
