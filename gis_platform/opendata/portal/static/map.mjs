// Opens a map when asked: MapLibre GL and tiles, all from our own host.

const MAX_TILE_ZOOM = 16;
const FILLS = { context: 0.05, area: 0.08, building: 0.55 };
const FONT = ["Atkinson Hyperlegible Next"];

for (const box of document.querySelectorAll(".map")) {
  const button = box.querySelector(".map-open button");
  button.hidden = false;
  button.addEventListener("click", () => open(box), { once: true });
}

async function open(box) {
  const texts = JSON.parse(box.dataset.texts);
  const status = box.querySelector("[role=status]");
  status.textContent = texts.loading;
  box.querySelector(".map-open button").setAttribute("aria-busy", "true");
  try {
    const library = await load(box);
    await document.fonts.load(`16px "${FONT[0]}"`, "Aş");
    draw(library, box, texts);
    status.textContent = "";
  } catch (error) {
    console.warn(error);
    fail(box, texts);
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
  listen(map, box, config, texts);
  map.once("idle", () => { box.dataset.state = "idle"; });
  map.getCanvas().focus({ preventScroll: true });
  window.gisMap = map;
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
  result.layers.push(...labels);
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

// ---------------------------------------------------------------- click a feature

function listen(map, box, config, texts) {
  const layerOf = (feature) => config.layers.find((layer) => layer.name === feature.source);
  const clickable = () => map.getStyle().layers
    .filter((layer) => layer.source && layer.type !== "symbol").map((layer) => layer.id);
  const hit = (point) => {
    const near = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
    const found = map.queryRenderedFeatures(near, { layers: clickable() });
    const rank = (feature) => (layerOf(feature).tone === "context" ? 10 : 0) +
      ["point", "line", "polygon"].indexOf(layerOf(feature).shape);
    return found.sort((a, b) => rank(a) - rank(b))[0];
  };
  map.on("click", (event) => {
    const feature = hit(event.point);
    if (feature) show(box, layerOf(feature), feature.properties, texts);
  });
  map.on("mousemove", (event) => { map.getCanvas().style.cursor = hit(event.point) ? "pointer" : ""; });
}

async function show(box, layer, known, texts) {
  card(box, layer, known, texts);
  if ("static" in document.documentElement.dataset) return; // no server behind a static copy
  const path = `/api/v1/layers/${encodeURIComponent(layer.name)}/features/${encodeURIComponent(known[layer.key])}`;
  const answer = await fetch(path);
  if (answer.ok) card(box, layer, (await answer.json()).properties, texts);
}

function card(box, layer, values, texts) {
  box.querySelector(".map-card")?.remove();
  const panel = document.createElement("section");
  panel.className = "map-card";
  panel.setAttribute("role", "status");
  const head = document.createElement("div");
  head.className = "map-card-head";
  const title = document.createElement("h3");
  title.textContent = layer.title;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "map-close";
  close.setAttribute("aria-label", texts.close);
  close.textContent = "×";
  close.addEventListener("click", () => panel.remove());
  head.append(title, close);
  const list = document.createElement("dl");
  for (const [name, meaning] of Object.entries(layer.columns)) {
    if (!(name in values)) continue;
    const row = document.createElement("div");
    const term = document.createElement("dt");
    term.textContent = meaning;
    const value = document.createElement("dd");
    value.textContent = values[name] ?? texts.empty;
    row.append(term, value);
    list.append(row);
  }
  panel.append(head, list);
  box.append(panel);
}
