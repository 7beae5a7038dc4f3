import { h } from "./base.js";

const MOST = 40;

/** The glossary: typing narrows it. Terms that begin with what was typed come first, then those that hold it, then meanings that do. */
function render({ model, el }) {
  const all = model.get("terms").map(([term, meaning]) => ({ term, meaning, low: term.toLowerCase(), words: meaning.toLowerCase() }));
  const field = h("input", { type: "search", "aria-label": "Search the glossary", "data-mc": "glossary-field", value: model.get("begin") });
  const status = h("p", { class: "mc-help", role: "status", "data-mc": "glossary-status" });
  const list = h("dl", { class: "mc-glossary", "data-mc": "glossary-list" });
  el.append(h("section", { class: "mc-exercise", "data-mc": "glossary", "aria-label": "Glossary" }, h("h4", { class: "mc-title" }, "Glossary"), field, status, list));
  const show = () => {
    const text = field.value.trim().toLowerCase();
    const ranked = all.map((one) => [one.low.startsWith(text) ? 0 : one.low.includes(text) ? 1 : one.words.includes(text) ? 2 : 3, one]);
    const found = ranked.filter(([rank]) => rank < 3).sort((a, b) => a[0] - b[0]).map(([, one]) => one);
    status.textContent = found.length > MOST ? `${found.length} terms, the first ${MOST} shown. Type to narrow them.` : `${found.length} ${found.length === 1 ? "term" : "terms"}`;
    list.replaceChildren(...found.slice(0, MOST).flatMap((one) => [h("dt", {}, one.term), h("dd", {}, one.meaning)]));
  };
  field.addEventListener("input", show);
  show();
}

export default { render };
