// Suggestions while an address is typed: a combobox with a list, as the ARIA practices describe it.
// Without JavaScript the field is a plain search field.
const WAIT = 120;

for (const place of document.querySelectorAll("[data-suggest]")) {
  const field = document.getElementById(place.dataset.suggest);
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let options = [], at = -1, timer = 0, asking = null;

  Object.assign(list, { id: `${field.id}-list`, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", place.dataset.label);
  said.className = "unseen";
  said.setAttribute("role", "status");
  place.append(list, said);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-expanded", "false"], ["aria-controls", list.id]]) field.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    options[at]?.setAttribute("aria-selected", "false");
    at = (next + options.length) % options.length;
    options[at].setAttribute("aria-selected", "true");
    options[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[at].id);
  };
  const choose = (option) => {
    field.value = option.textContent;
    close();
    field.form.requestSubmit();
  };
  const show = (labels) => {
    list.replaceChildren(...labels.map((label, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.textContent = label;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    options = [...list.children];
    at = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(options.length > 0));
    said.textContent = options.length
      ? place.dataset.count.replace("{count}", options.length) : place.dataset.none;
  };
  const ask = async () => {
    asking?.abort();
    const typed = field.value.trim();
    if (typed.length < 3) { close(); return; }
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ q: typed, autocomplete: "1", limit: "8" });
      const answer = await fetch(`/api/v1/addresses/search?${query}`, { signal: asking.signal });
      if (!answer.ok) { close(); return; }
      const found = await answer.json();
      show([...new Set(found.features.map((each) => each.properties.label))]);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden && options.length;
    if (event.key === "ArrowDown" && isOpen) { event.preventDefault(); mark(at + 1); }
    else if (event.key === "ArrowUp" && isOpen) { event.preventDefault(); mark(at < 0 ? -1 : at - 1); }
    else if (event.key === "Enter" && isOpen && at >= 0) { event.preventDefault(); choose(options[at]); }
    else if (event.key === "Escape" && isOpen) { event.preventDefault(); close(); }
  });
}
