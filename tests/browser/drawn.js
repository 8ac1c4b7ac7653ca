// How many features of each layer the map draws.
() => {
  const count = {};
  for (const feature of gisMap.queryRenderedFeatures()) count[feature.source] = (count[feature.source] ?? 0) + 1;
  return count;
}
