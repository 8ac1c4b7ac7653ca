// Opens a map when asked: MapLibre GL and tiles, all from our own host.

const MAX_TILE_ZOOM = 16;
const FILLS = { context: 0.05, area: 0.08, building: 0.55 };
const NOTHING = { type: "FeatureCollection", features: [] };
const NEAR = 17;
const FONT = ["Atkinson Hyperlegible Next"];

const opened = new Map();

for (const box of document.querySelectorAll(".map")) {
  const button = box.querySelector(".map-open button");
  button.hidden = false;
  button.addEventListener("click", () => opening(box));
}

// A table asks for a record of its layer: it is shown, and the reader led to it.
document.addEventListener("gis:show", async (event) => {
  const { key, from } = event.detail;
  const box = document.querySelector(".map");
  box.scrollIntoView({ block: "nearest" });
  const shown = await opening(box);
  if (shown) await choose(box, shown, shown.config.layers.find((each) => each.tone === "main"), key, { from, flies: true });
});

// What the map of a box is; nothing where it cannot be opened.
function opening(box) {
  if (!opened.has(box)) opened.set(box, open(box));
  return opened.get(box);
}

async function open(box) {
  const texts = JSON.parse(box.dataset.texts);
  const status = box.querySelector("[role=status]");
  status.textContent = texts.loading;
  box.querySelector(".map-open button").setAttribute("aria-busy", "true");
  try {
    const library = await load(box);
    await document.fonts.load(`16px "${FONT[0]}"`, "Aş");
    const shown = draw(library, box, texts);
    status.textContent = "";
    return shown;
  } catch (error) {
    console.warn(error);
    fail(box, texts);
    return null;
  }
}

function fail(box, texts) {
  const note = document.createElement("p");
  note.className = "map-note";
  note.textContent = texts.failed;
  box.classList.remove("is-open");
  box.querySelector(".map-open").replaceChildren(note);
}

async function load(box) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = box.dataset.style;
  const styled = new Promise((done, failed) => { sheet.onload = done; sheet.onerror = failed; });
  document.head.prepend(sheet);
  const library = await import(new URL(box.dataset.library, location.href).href);
  library.setWorkerUrl(new URL(box.dataset.worker, location.href).href);
  await styled;
  return library;
}

function draw(library, box, texts) {
  const config = JSON.parse(box.dataset.map);
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  box.append(canvas);
  box.classList.add("is-open");
  const map = new library.Map({
    container: canvas,
    style: style(config),
    bounds: config.bounds,
    fitBoundsOptions: { padding: 28, maxZoom: 17 },
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    locale: {
      "Map.Title": texts.canvas,
      "NavigationControl.ZoomIn": texts.zoomIn,
      "NavigationControl.ZoomOut": texts.zoomOut,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ unit: "metric" }), "bottom-left");
  // Farther out than twice the city there is nothing to see.
  map.setMinZoom(Math.max(0, map.getZoom() - 1));
  beginWhereItShows(map, config);
  for (const pin of config.pins) addPin(library, map, pin);
  const shown = { map, config, texts };
  listen(box, shown);
  map.once("idle", () => { box.dataset.state = "idle"; });
  map.getCanvas().focus({ preventScroll: true });
  window.gisMap = map;
  if (config.chosen) {
    const main = config.layers.find((each) => each.tone === "main");
    map.once("load", () => choose(box, shown, main, config.chosen, { flies: true, isQuiet: true }));
  }
  return shown;
}

// A layer that is drawn from some zoom on begins there, where most of it lies.
function beginWhereItShows(map, config) {
  const main = config.layers.find((layer) => layer.tone === "main");
  if (config.start && main && map.getZoom() < main.minZoom) {
    map.jumpTo({ center: config.start, zoom: main.minZoom + 1 });
  }
}

function addPin(library, map, pin) {
  const element = document.createElement("div");
  element.innerHTML =
    '<svg class="pin" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 1.5c-4.7 0-8.2 3.5-8.2 8 0 5.7 8.2 13 8.2 13s8.2-7.3 8.2-13c0-4.5-3.5-8-8.2-8zm0 11a3 3 0 1 1 0-6 3 3 0 0 1 0 6z"/></svg>';
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", pin.label);
  element.title = pin.label;
  new library.Marker({ element, anchor: "bottom" }).setLngLat([pin.lon, pin.lat]).addTo(map);
}

// ---------------------------------------------------------------- style: from the page's own colours

function style(config) {
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(`--map-${name}`).trim();
  const result = {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": colour("ground") } }],
  };
  const labels = [];
  for (const layer of config.layers) {
    result.sources[layer.name] = {
      type: "vector",
      tiles: [whole(layer.tiles)],
      minzoom: Math.min(layer.minZoom, MAX_TILE_ZOOM),
      maxzoom: layer.maxTileZoom ?? MAX_TILE_ZOOM,
      ...(layer.bounds ? { bounds: layer.bounds } : {}),
    };
    const ink = colour(layer.tone);
    result.layers.push(...shapes(layer, ink));
    if (layer.label) labels.push(label(layer, colour));
    if (layer.labels) result.sources[`${layer.name}-labels`] = { type: "geojson", data: whole(layer.labels) };
  }
  result.sources.chosen = { type: "geojson", data: NOTHING };
  result.layers.push(...chosenShapes(colour("chosen"), colour("ink")), ...labels);
  return result;
}

// The whole address of a path, which a static copy writes from its page on; {z} stays as it is.
function whole(path) {
  return new URL(path, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

function shapes(layer, ink) {
  const base = { source: layer.name, "source-layer": layer.name, minzoom: layer.minZoom };
  const wide = (low, high) => ["interpolate", ["exponential", 1.5], ["zoom"], 10, low, 18, high];
  if (layer.shape === "point") {
    const paint = {
      "circle-color": ink,
      "circle-radius": wide(layer.tone === "main" ? 2 : 1.2, 7),
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 14, 0, 17, 1.5],
    };
    return [{ ...base, id: `${layer.name}-point`, type: "circle", paint }];
  }
  const line = {
    ...base,
    id: `${layer.name}-line`,
    type: "line",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": ink, "line-width": layer.shape === "line" ? wide(0.7, 7) : wide(0.8, 2.5) },
  };
  if (layer.shape === "line") return [line];
  const fill = { "fill-color": ink, "fill-opacity": FILLS[layer.tone] ?? 0.18 };
  return [{ ...base, id: `${layer.name}-fill`, type: "fill", paint: fill }, line];
}

function chosenShapes(ink, rim) {
  const base = { source: "chosen" };
  const of = (...types) => ["in", ["geometry-type"], ["literal", types.flatMap((type) => [type, `Multi${type}`])]];
  return [
    { ...base, id: "chosen-fill", type: "fill", filter: of("Polygon"), paint: { "fill-color": ink, "fill-opacity": 0.35 } },
    { ...base, id: "chosen-rim", type: "line", filter: of("Polygon", "LineString"), paint: { "line-color": rim, "line-width": 7 } },
    { ...base, id: "chosen-line", type: "line", filter: of("Polygon", "LineString"), paint: { "line-color": ink, "line-width": 4 } },
    { ...base, id: "chosen-point", type: "circle", filter: of("Point"),
      paint: { "circle-color": ink, "circle-radius": 9, "circle-stroke-color": rim, "circle-stroke-width": 3 } },
  ];
}

function label(layer, colour) {
  const isLine = layer.shape === "line";
  const firstZoom = { polygon: layer.minZoom, line: 15, point: 17 }[layer.shape];
  return {
    id: `${layer.name}-label`,
    type: "symbol",
    ...(layer.labels ? { source: `${layer.name}-labels` } : { source: layer.name, "source-layer": layer.name }),
    minzoom: Math.max(firstZoom, layer.minZoom),
    layout: {
      "text-field": ["to-string", ["get", layer.label]],
      "text-font": FONT,
      "text-size": layer.shape === "polygon" ? 13 : 12,
      "text-max-width": 8,
      "text-padding": 4,
      ...(isLine ? { "symbol-placement": "line" } : {}),
      ...(layer.shape === "point" ? { "text-offset": [0, -1.1] } : {}),
    },
    paint: {
      "text-color": colour("ink"),
      "text-halo-color": colour("ground"),
      "text-halo-width": 1.5,
    },
  };
}

// ---------------------------------------------------------------- choose a feature

function listen(box, shown) {
  const { map, config, texts } = shown;
  const layerOf = (feature) => config.layers.find((layer) => layer.name === feature.source);
  const clickable = () => map.getStyle().layers
    .filter((layer) => layer.source && layer.source !== "chosen" && layer.type !== "symbol").map((layer) => layer.id);
  const hit = (point, reach = 4) => {
    const near = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
    const found = map.queryRenderedFeatures(near, { layers: clickable() });
    const rank = (feature) => (layerOf(feature).tone === "context" ? 10 : 0) +
      ["point", "line", "polygon"].indexOf(layerOf(feature).shape);
    return found.sort((a, b) => rank(a) - rank(b))[0];
  };
  const take = (feature, options) => {
    const layer = layerOf(feature);
    return choose(box, shown, layer, feature.properties[layer.key], { known: feature.properties, ...options });
  };
  map.on("click", (event) => {
    const feature = hit(event.point);
    if (feature) take(feature);
  });
  map.on("mousemove", (event) => { map.getCanvas().style.cursor = hit(event.point) ? "pointer" : ""; });
  const canvas = map.getCanvas();
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const feature = hit({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }, 24);
    if (feature) take(feature, { from: canvas });
    else box.querySelector(".unseen[role=status]").textContent = texts.nothing;
  });
}

// A feature is drawn as chosen, told in words, and the table is told which one it is.
async function choose(box, shown, layer, key, { known = {}, from = null, flies = false, isQuiet = false } = {}) {
  const { map, texts } = shown;
  const isOwn = layer.tone === "main";
  if (Object.keys(known).length) card(box, layer, key, known, texts, from);
  if ("static" in document.documentElement.dataset) return; // no server behind a static copy
  const path = `/api/v1/layers/${encodeURIComponent(layer.name)}/features/${encodeURIComponent(key)}`;
  const answer = await fetch(path);
  if (!answer.ok) return;
  const feature = await answer.json();
  map.getSource("chosen")?.setData(feature);
  if (flies) goTo(map, feature);
  card(box, layer, key, feature.properties, texts, from);
  const name = feature.properties[layer.label ?? layer.key] ?? key;
  box.querySelector(".unseen[role=status]").textContent = texts.shown.replace("{record}", name);
  if (from) box.querySelector(".map-card h3").focus();
  box.dataset.chosen = key;
  if (isOwn && !isQuiet) document.dispatchEvent(new CustomEvent("gis:chosen", { detail: { key: String(key) } }));
}

function goTo(map, feature) {
  const places = [];
  const walk = (part) => (typeof part[0] === "number" ? places.push(part) : part.forEach(walk));
  walk(feature.geometry.coordinates);
  const edge = (pick, axis) => pick(...places.map((each) => each[axis]));
  const bounds = [[edge(Math.min, 0), edge(Math.min, 1)], [edge(Math.max, 0), edge(Math.max, 1)]];
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  map.fitBounds(bounds, { padding: 60, maxZoom: NEAR, duration: calm ? 0 : 600 });
}

function card(box, layer, key, values, texts, from) {
  box.querySelector(".map-card")?.remove();
  const panel = document.createElement("section");
  panel.className = "map-card";
  panel.setAttribute("aria-label", layer.title);
  const head = document.createElement("div");
  head.className = "map-card-head";
  const title = document.createElement("h3");
  title.textContent = layer.title;
  title.tabIndex = -1;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "map-close";
  close.setAttribute("aria-label", texts.close);
  close.textContent = "×";
  close.addEventListener("click", () => { panel.remove(); from?.focus(); });
  head.append(title, close);
  const list = document.createElement("dl");
  for (const [name, meaning] of Object.entries(layer.columns)) {
    if (!(name in values)) continue;
    const row = document.createElement("div");
    const term = document.createElement("dt");
    term.textContent = meaning;
    const value = document.createElement("dd");
    value.textContent = worded(values[name], texts);
    row.append(term, value);
    list.append(row);
  }
  panel.append(head, list);
  if (layer.tone === "main" && document.querySelector("[data-rows]")) panel.append(rowLink(key, texts));
  box.append(panel);
}

// Measures, days and yes or no as the language of the page writes them; whole numbers may be codes.
function worded(value, texts) {
  const language = document.documentElement.lang;
  if (value === null || value === undefined) return texts.empty;
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (typeof value === "number" && !Number.isInteger(value)) return value.toLocaleString(language, { maximumFractionDigits: 6 });
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const form = language === "tr" ? { day: "2-digit", month: "2-digit" } : { day: "numeric", month: "short" };
  return new Date(`${value}T00:00:00Z`).toLocaleDateString(language === "tr" ? "tr" : "en-GB", { ...form, year: "numeric", timeZone: "UTC" });
}

function rowLink(key, texts) {
  const link = document.createElement("a");
  link.href = "#table";
  link.className = "map-to-row";
  link.textContent = texts.row;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("gis:row", { detail: { key: String(key) } }));
  });
  return link;
}
