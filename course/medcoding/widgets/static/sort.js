import { h, mount } from "./base.js";

/* Selectors: sort-item (data-entry), bin-input (value is the bin), bins, bin (data-bin), clear. */

/** A group of radio buttons for each item, and below it what each bin holds. */
function sort({ item, uid, changed, announce }) {
  const { items, bins } = item.view;
  const rows = items.map((entry, place) => {
    const inputs = bins.map((bin) => h("input", {
      type: "radio", name: `${uid}-item-${place}`, value: bin.id, "data-mc": "bin-input", onchange: () => { sum(); changed(true); },
    }));
    const node = h("fieldset", { class: "mc-sort-item", "data-mc": "sort-item", "data-entry": entry.id },
      h("legend", { html: entry.html }),
      h("div", { class: "mc-bin-choices" },
        ...bins.map((bin, number) => h("label", { class: "mc-bin-choice" }, inputs[number], h("span", {}, bin.text)))));
    return { entry, inputs, node };
  });
  const chosen = (row) => row.inputs.find((input) => input.checked)?.value ?? "";
  const held = bins.map((bin) => ({ bin, list: h("dd"), count: h("span") }));
  const summary = h("dl", { class: "mc-bins", "data-mc": "bins" },
    ...held.map(({ bin, list, count }) => h("div", { "data-mc": "bin", "data-bin": bin.id }, h("dt", {}, bin.text, " ", count), list)));

  function sum() {
    held.forEach(({ bin, list, count }) => {
      const inside = rows.filter((row) => chosen(row) === bin.id).map((row) => row.entry);
      count.textContent = `(${inside.length})`;
      list.replaceChildren(inside.length ? h("ul", {}, ...inside.map((entry) => h("li", { html: entry.html }))) : "nothing yet");
    });
  }

  const clear = h("button", {
    type: "button", class: "mc-quiet", "data-mc": "clear",
    onclick: () => {
      rows.forEach((row) => row.inputs.forEach((input) => { input.checked = false; }));
      sum();
      changed(true);
      announce("All items taken out of the bins.");
      rows[0].inputs[0].focus();
    },
  }, "Clear all");
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    ...rows.map((row) => row.node),
    h("section", { class: "mc-summary", "aria-label": "What is where so far" }, h("p", { class: "mc-help" }, "What is where so far"), summary),
    clear);
  return {
    node,
    read: () => ({ placed: Object.fromEntries(rows.map((row) => [row.entry.id, chosen(row)])) }),
    write(answer) {
      rows.forEach((row) => row.inputs.forEach((input) => { input.checked = (answer.placed ?? {})[row.entry.id] === input.value; }));
      sum();
    },
    first: () => rows[0].inputs.find((input) => input.checked) ?? rows[0].inputs[0],
  };
}

export default mount(sort);
