// Bundles the front end into src/maillage/web/static/dist: `npm ci --ignore-scripts && node assets/build.mjs`.
// Names stay plain: Django hashes them when it collects static files.
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const assets = dirname(fileURLToPath(import.meta.url));
const root = dirname(assets);
const out = join(root, "src/maillage/web/static/dist");

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "eof",
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  logLevel: "warning",
  outdir: out,
  absWorkingDir: root,
};

/** One SVG holding the outlines named in icons.txt, each as a symbol. */
function sprite() {
  const names = readFileSync(join(assets, "icons.txt"), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replaceAll(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  const notice = "<!-- Tabler Icons, MIT licence, Copyright (c) Paweł Kuna -->";
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${notice}${symbols.join("")}</svg>\n`);
}

/** Prints what a page weighs, compressed as the server sends it. */
function report() {
  for (const name of readdirSync(out).filter((file) => statSync(join(out, file)).isFile()).sort()) {
    const bytes = readFileSync(join(out, name));
    console.log(`${name.padEnd(16)} ${(bytes.length / 1024).toFixed(1).padStart(8)} kB  ${(gzipSync(bytes).length / 1024).toFixed(1).padStart(7)} kB gzip`);
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  await esbuild.build({ ...common, entryPoints: { app: "assets/css/app.css", map: "assets/css/map.css" } });
  await esbuild.build({ ...common, entryPoints: { app: "assets/js/app.js", map: "assets/js/map/index.js", chart: "assets/js/chart.js" } });
  await esbuild.build({ ...common, entryPoints: { "map-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs" } });
  sprite();
} catch (error) {
  // A binary of another platform (node_modules copied between machines) is the usual cause.
  console.error(`${error.message}\nRun « npm ci --ignore-scripts », then « node assets/build.mjs » again.`);
  process.exit(1);
}
report();
