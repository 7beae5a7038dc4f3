import { h, mount } from "./base.js";

/* Selectors: number-input, number-unit, hint. */

/** One field for a number; the kernel says how it was read. */
function number({ item, uid, changed, announce }) {
  const { unit, decimals } = item.view;
  const id = `${uid}-number`;
  const hint = h("p", { class: "mc-hint", id: `${id}-hint`, "data-mc": "hint" });
  const input = h("input", {
    type: "text", id, "data-mc": "number-input", inputmode: "decimal", maxlength: "40", autocomplete: "off", spellcheck: "false",
    "aria-describedby": `${id}-help ${id}-hint ${uid}-question`,
    oninput: () => { hint.textContent = ""; changed(false); },
    onchange: () => changed(true),
    onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); changed(true); if (hint.textContent) announce(hint.textContent); } },
  });
  const sign = unit ? h("span", { class: "mc-unit", "data-mc": "number-unit", "aria-hidden": "true" }, unit) : null;
  const places = decimals === null ? "" : decimals === 0 ? "a whole number" : `${decimals} decimal place${decimals === 1 ? "" : "s"}`;
  const label = `Your number${unit ? `, in ${unit}` : ""}`;
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title` },
    h("label", { for: id, class: "mc-label" }, label),
    h("p", { class: "mc-help", id: `${id}-help` }, `${places ? `Give ${places}. ` : ""}Decimals with a point; thousands with or without commas.`),
    h("div", { class: "mc-number-field" }, unit === "$" ? sign : null, input, unit === "$" ? null : sign),
    hint);
  return {
    node,
    read: () => ({ text: input.value.trim() }),
    write: (answer) => { input.value = answer.text ?? ""; },
    hints(hints) {
      const told = hints.text ?? { text: "", kind: "" };
      hint.dataset.kind = told.kind;
      hint.textContent = told.kind === "hint" ? `Hint: ${told.text}` : told.text;
    },
    first: () => input,
  };
}

export default mount(number);
