import { h, mount } from "./base.js";

/* Selectors: value (what is recorded), data-input, take. */

const SHOWN = 12;
const HOW = {
  number: "Compute it in a cell above and hand it over as answer=, or type the number here.",
  list: "Compute it in a cell above and hand it over as answer=, or type the values here, a line each or with commas between.",
  table: "Compute it in a cell above and hand it over as answer=, or paste the table here: its header line first, commas or tabs between the cells.",
};

/** What is recorded, and a field to type or paste it. The kernel reads what was typed. */
function data({ item, uid, changed }) {
  const { kind, unit } = item.view;
  const id = `${uid}-data`;
  let recorded = {};
  let pending = null;
  const value = h("div", { class: "mc-value", "data-mc": "value", role: "group", "aria-label": "What is recorded" });
  const input = h(kind === "number" ? "input" : "textarea", {
    id, "data-mc": "data-input", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-how ${uid}-question`, maxlength: kind === "number" ? "40" : "400000",
    ...(kind === "number" ? { type: "text", inputmode: "decimal" } : { rows: kind === "table" ? "7" : "4" }),
    oninput: () => { pending = input.value; changed(false); }, onchange: () => { pending = input.value; changed(true); },
  });

  function draw() {
    if (recorded.number !== undefined && recorded.number !== null) value.replaceChildren(h("p", {}, h("strong", {}, unit === "$" ? `$${recorded.number}` : recorded.number), unit && unit !== "$" ? ` ${unit}` : ""));
    else if (recorded.list) value.replaceChildren(h("p", {}, `${recorded.list.length} ${recorded.list.length === 1 ? "value" : "values"}: ${recorded.list.slice(0, 3 * SHOWN).join(", ")}${recorded.list.length > 3 * SHOWN ? ", …" : ""}`));
    else if (recorded.table) {
      const { columns, rows } = recorded.table;
      value.replaceChildren(
        h("table", { class: "mc-data" },
          h("caption", {}, `${rows.length} ${rows.length === 1 ? "row" : "rows"}, ${columns.length} ${columns.length === 1 ? "column" : "columns"}${rows.length > SHOWN ? `; the first ${SHOWN} are shown` : ""}`),
          h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)))),
          h("tbody", {}, ...rows.slice(0, SHOWN).map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell)))))));
    } else value.replaceChildren(h("p", { class: "mc-help" }, "Nothing is recorded yet."));
  }

  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    value,
    h("label", { for: id, class: "mc-label" }, `Your ${kind}${unit ? `, in ${unit}` : ""}`),
    h("p", { class: "mc-help", id: `${id}-how` }, HOW[kind]),
    input);
  draw();
  return {
    node,
    read: () => (pending === null ? recorded : { typed: pending }),
    write(answer) {
      recorded = Object.fromEntries(Object.entries(answer ?? {}).filter(([, one]) => one !== null && one !== undefined));
      pending = null;
      draw();
    },
    first: () => input,
  };
}

export default mount(data);
