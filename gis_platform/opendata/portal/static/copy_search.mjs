// Search in a static copy: the list is in the page; what is typed narrows it, letters folded.
const LETTERS = { ç: "c", ğ: "g", ı: "i", I: "i", İ: "i", ö: "o", ş: "s", ü: "u", â: "a", î: "i", û: "u" };
const NEAR = 0.5;

const field = document.getElementById("q");
const said = document.getElementById("found");
const all = said.textContent;
const items = [...document.querySelectorAll("[data-listed] > li")];

// As gis_platform/core/text.py folds.
function fold(text) {
  return text.normalize("NFC").replaceAll("\u0307", "")
    .replace(/[çğıIİöşüâîû]/g, (letter) => LETTERS[letter])
    .normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").split(/\s+/).filter(Boolean).join(" ");
}

// The parts of three letters of a word, with blanks around: what two spellings have in common.
function parts(word) {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
}

function isNear(word, others) {
  const wanted = parts(word);
  return others.some((other) => {
    const there = parts(other);
    const shared = [...wanted].filter((part) => there.has(part)).length;
    return shared / wanted.size >= NEAR;
  });
}

function answers(words, item) {
  const text = item.dataset.words;
  return words.every((word) => text.includes(word) ||
    (word.length > 3 && isNear(word, text.split(" "))));
}

function narrow() {
  const words = fold(field.value).split(" ").filter(Boolean);
  let count = 0;
  for (const item of items) {
    item.hidden = words.length > 0 && !answers(words, item);
    count += item.hidden ? 0 : 1;
  }
  said.textContent = !words.length ? all : !count ? said.dataset.none
    : said.dataset.some.replace("{count}", count).replace("{total}", items.length);
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", narrow);
field.form.addEventListener("submit", (event) => { event.preventDefault(); narrow(); });
narrow();
