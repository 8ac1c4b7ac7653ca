// The table and the map of a layer show the same chosen record.

const table = document.querySelector("[data-rows]");
let latest = 0;

// A row's link: the record on the map of this very page, without leaving it.
table.addEventListener("click", (event) => {
  const link = event.target.closest(".row-show a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const { key } = link.closest("tr").dataset;
  mark(key);
  remember(key);
  document.dispatchEvent(new CustomEvent("gis:show", { detail: { key, from: link } }));
});

document.addEventListener("gis:chosen", (event) => bring(event.detail.key));

// From the map to the row: it is brought where it is on another page, and read out.
document.addEventListener("gis:row", async (event) => {
  const row = await bring(event.detail.key);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.focus();
});

function rowOf(key) {
  return [...table.querySelectorAll("tr[data-key]")].find((row) => row.dataset.key === key);
}

function mark(key) {
  for (const row of table.querySelectorAll("tr.picked")) {
    row.classList.remove("picked");
    row.removeAttribute("aria-current");
  }
  const row = rowOf(key);
  row?.classList.add("picked");
  row?.setAttribute("aria-current", "true");
  return row;
}

function remember(key) {
  const address = new URL(location.href);
  address.searchParams.set("feature", key);
  history.replaceState(null, "", address);
  return address;
}

// The row of a record; where the table shows another page the server puts it first.
async function bring(key) {
  const turn = ++latest;
  const address = remember(key);
  if (rowOf(key)) return mark(key);
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || turn !== latest) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  table.replaceChildren(...page.querySelector("[data-rows]").childNodes);
  return mark(key);
}
