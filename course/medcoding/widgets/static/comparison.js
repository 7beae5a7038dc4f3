import { h } from "./base.js";
import { linkedLine } from "./codepage.js";

/** Two codes side by side, row by row; what only one of them has is marked, in words too. */
export function comparisonPage(found, desk) {
  const { left, right } = found;
  const head = (one) => h("th", { scope: "col" },
    h("button", { type: "button", class: "mc-link mc-code", "data-mc": "code-link", "data-code": one.code, onclick: () => desk.open(one.code, one.book) }, one.code));
  const side = (lines, book) => h("td", {}, lines.length ? h("ul", {}, ...lines.map((line) => h("li", { class: line.only ? "mc-only" : null },
    line.only ? h("span", { class: "mc-hidden" }, "only here: ") : null, ...linkedLine(line.parts, (code) => desk.open(code, book))))) : h("span", { class: "mc-more" }, "none"));
  return h("article", { class: "mc-page", "data-mc": "comparison" },
    h("h5", { class: "mc-page-title", tabindex: "-1", "data-mc": "page-title" }, `${left.code} beside ${right.code}`),
    h("p", { class: "mc-help" }, "A bar at its side marks what only one of the two has."),
    h("div", { class: "mc-wide-table" }, h("table", { class: "mc-table mc-compare" },
      h("thead", {}, h("tr", {}, h("td", {}), head(left), head(right))),
      h("tbody", {}, ...found.rows.map((row) => h("tr", { "data-same": String(row.same), "data-mc": "compare-row" },
        h("th", { scope: "row" }, row.name), side(row.left, left.book), side(row.right, right.book)))))));
}
