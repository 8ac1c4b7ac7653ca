// What would keep somebody from using the page.
() => {
  const all = (s) => [...document.querySelectorAll(s)];
  const faults = [];
  for (const s of ["h1", "main", "header.top", "footer.bottom"])
    if (all(s).length !== 1) faults.push(`${all(s).length} × ${s}`);
  const ids = all("[id]").map((e) => e.id);
  for (const id of ids) if (ids.filter((i) => i === id).length > 1) faults.push(`twice #${id}`);
  for (const e of all("[aria-labelledby], [aria-describedby]"))
    for (const a of ["aria-labelledby", "aria-describedby"])
      for (const id of (e.getAttribute(a) ?? "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) faults.push(`nothing is #${id}`);
  for (const e of all("a, button")) {
    const named = e.textContent.trim() || e.getAttribute("aria-label");
    if (!named) faults.push(`no name: ${e.outerHTML.slice(0, 80)}`);
  }
  for (const e of all("input:not([type=hidden])")) if (!e.labels.length) faults.push("input without label");
  for (const e of all("img")) if (!e.hasAttribute("alt")) faults.push("img without alt");
  for (const e of all("nav")) if (!e.getAttribute("aria-label")) faults.push("nav without name");
  const levels = all("h1, h2, h3, h4").map((h) => Number(h.tagName[1]));
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) faults.push(`h${levels[i - 1]} → h${l}`); });
  for (const e of all("button, .menu a, .pager a"))
    if (e.offsetParent && e.getBoundingClientRect().height < 24) faults.push(`small: ${e.textContent}`);
  return faults;
}
