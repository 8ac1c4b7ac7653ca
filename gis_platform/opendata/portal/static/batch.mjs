// Sends a file of addresses, watches its job and offers the result. The key stays in the field.
const ROOT = "/api/v1/batch";
const EVERY = 700;

for (const form of document.querySelectorAll("[data-batch]")) {
  const texts = JSON.parse(form.dataset.texts);
  const language = document.documentElement.lang;
  const bar = form.querySelector("progress");
  const said = form.querySelector('[role="status"]');
  const stop = form.querySelector("[data-cancel]");
  const result = form.querySelector("[data-result]");
  const number = new Intl.NumberFormat(language);
  let job = null;
  form.hidden = false;

  const headers = () => (form.elements.key ? { Authorization: `Bearer ${form.elements.key.value}` } : {});
  const say = (text) => { said.textContent = text; };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const ask = async (path, options = {}) => {
    const answer = await fetch(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`,
      { ...options, headers: { ...headers(), ...options.headers } });
    const body = await answer.json();
    if (!answer.ok) throw new Error([body.detail, body.remedy].filter(Boolean).join(" → "));
    return body;
  };
  const busy = (isBusy) => {
    bar.hidden = stop.hidden = !isBusy;
    for (const each of form.querySelectorAll("input, select, button[type=submit]")) each.disabled = isBusy;
  };
  const end = (text) => { busy(false); job = null; say(text); };

  // The result is fetched with the key in a header, so that it never stands in an address.
  const offer = async (path) => {
    const answer = await fetch(path, { headers: headers() });
    if (!answer.ok) throw new Error(answer.status);
    const name = /filename\*?="?(?:utf-8'')?([^";]+)/i.exec(answer.headers.get("content-disposition") ?? "");
    if (result.href) URL.revokeObjectURL(result.href);
    result.href = URL.createObjectURL(await answer.blob());
    result.download = name ? decodeURIComponent(name[1]) : "adresler";
    result.hidden = false;
    result.focus();
  };
  const show = async (found) => {
    if (found.state === "done") {
      await offer(found.links.result.replace(/^https?:\/\/[^/]+/, ""));
      end(fill(texts.done, { rows: number.format(found.rows_done) }));
    } else if (found.state === "failed") {
      end(`${texts.failed} ${[found.error.detail, found.error.remedy].filter(Boolean).join(" → ")}`);
    } else if (found.state === "cancelled") {
      end(texts.cancelled);
    } else {
      const total = found.rows_total;
      if (total) bar.value = found.rows_done / total; else bar.removeAttribute("value");
      say(found.state === "queued" ? texts.queued : fill(texts.running, {
        done: number.format(found.rows_done), total: total ? number.format(total) : "?",
      }));
      setTimeout(watch, EVERY);
    }
  };
  const watch = async () => {
    if (!job) return;
    try {
      await show(await ask(`${ROOT}/${job}`));
    } catch (error) {
      if (!(error instanceof TypeError)) { end(`${texts.failed} ${error.message}`); return; }
      say(texts.offline);
      setTimeout(watch, 5 * EVERY);
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    const query = new URLSearchParams({ name: file.name, format: form.elements.format.value });
    if (form.elements.column.value.trim()) query.set("column", form.elements.column.value.trim());
    result.hidden = true;
    bar.removeAttribute("value");
    busy(true);
    say(texts.sending);
    try {
      const found = await ask(`${ROOT}?${query}`, {
        method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" },
      });
      job = found.id;
      await show(found);
    } catch (error) {
      end(`${texts.failed} ${error instanceof TypeError ? texts.offline : error.message}`);
    }
  });
  stop.addEventListener("click", async () => {
    if (job) await show(await ask(`${ROOT}/${job}`, { method: "DELETE" }));
  });
}
