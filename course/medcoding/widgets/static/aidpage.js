import { h } from "./base.js";
import { linkedLine, pageSection } from "./codepage.js";

/** One entry of a look-up aid: what it leads to, its table cells, cross-references, and the terms below it. */
export function aidPage(entry, desk) {
  const open = (code) => desk.open(code, "icd10cm");
  const go = (path, text) => h("button", { type: "button", class: "mc-link", "data-mc": "term-link", onclick: () => desk.term(entry.aid, path) }, text);
  const way = entry.path.slice(0, -1).flatMap((term, at) => [go(entry.path.slice(0, at + 1), term), ", "]);
  const look = (text) => h("button", { type: "button", class: "mc-link", "data-mc": "see", onclick: () => desk.lookIn(entry.aid, text) }, text);
  const cells = entry.columns.map((column) => h("tr", {}, h("th", { scope: "row" }, column.name), h("td", {}, ...linkedLine(column.line, open))));
  return h("article", { class: "mc-page", "data-mc": "aid-page" },
    h("p", { class: "mc-help" }, entry.name),
    h("h5", { class: "mc-page-title", tabindex: "-1", "data-mc": "page-title" }, ...way, entry.path.at(-1)),
    entry.modifiers ? h("p", { class: "mc-help" }, `Nonessential modifiers, which may be there or not: ${entry.modifiers}`) : null,
    entry.codes.length ? h("p", { class: "mc-leads", "data-mc": "leads" }, "Leads to ", ...entry.codes.flatMap((code, at) => [at ? " with " : "", ...linkedLine(code, open)])) : null,
    entry.see ? h("p", {}, "See ", look(entry.see)) : null,
    entry.see_also ? h("p", {}, "See also ", look(entry.see_also)) : null,
    cells.length ? h("table", { class: "mc-table", "data-mc": "cells" }, h("tbody", {}, ...cells)) : null,
    entry.below.length ? pageSection("Below it", "terms", h("ul", {}, ...entry.below.map((one) => h("li", {}, go(one.path, one.term), " ", ...linkedLine(one.line, open))))) : null,
    h("p", { class: "mc-help" }, entry.advice));
}
