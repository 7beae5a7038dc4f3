import { h, mount } from "./base.js";

/* Selectors: number-input (data-number), number-unit, hint. */

/** A field for each number; the kernel says how it was read. */
function number({ item, uid, changed, announce }) {
  const views = item.view.fields ?? [item.view];
  const fields = views.map(({ unit, decimals, label, identifier, hyphens }, place) => {
    const id = `${uid}-number-${place + 1}`;
    const hint = h("p", { class: "mc-hint", id: `${id}-hint`, "data-mc": "hint" });
    const input = h("input", {
      type: "text", id, "data-mc": "number-input", "data-number": place + 1, inputmode: identifier ? "text" : "decimal", maxlength: "40", autocomplete: "off", spellcheck: "false",
      "aria-describedby": `${id}-help ${id}-hint ${uid}-question`,
      oninput: () => { hint.textContent = ""; changed(false); },
      onchange: () => changed(true),
      onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); changed(true); if (hint.textContent) announce(hint.textContent); } },
    });
    const sign = unit ? h("span", { class: "mc-unit", "data-mc": "number-unit", "aria-hidden": "true" }, unit) : null;
    const places = decimals === null || decimals === undefined ? "" : decimals === 0 ? "a whole number" : `${decimals} decimal place${decimals === 1 ? "" : "s"}`;
    const name = label || (identifier ? "Your number, digit by digit" : "Your number");
    const help = identifier
      ? `Every digit counts, zeros in front too${hyphens ? "; write the hyphens." : "; no hyphens."}`
      : `${places ? `Give ${places}. ` : ""}Decimals with a point; thousands with or without commas.`;
    const node = h("div", { class: "mc-figure" },
      h("label", { for: id, class: "mc-label" }, `${name}${unit ? `, in ${unit}` : ""}`),
      h("p", { class: "mc-help", id: `${id}-help` }, help),
      h("div", { class: "mc-number-field" }, unit === "$" ? sign : null, input, unit === "$" ? null : sign),
      hint);
    return { input, hint, node };
  });
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title` }, ...fields.map((field) => field.node));
  const texts = () => fields.map((field) => field.input.value.trim());
  return {
    node,
    read: () => (fields.length === 1 ? { text: texts()[0] } : { texts: texts() }),
    write(answer) {
      const given = fields.length === 1 ? [answer.text] : answer.texts ?? [];
      fields.forEach((field, place) => { field.input.value = given[place] ?? ""; });
    },
    hints(hints) {
      (hints.texts ?? []).forEach((told, place) => {
        fields[place].hint.dataset.kind = told.kind;
        fields[place].hint.textContent = told.kind === "hint" ? `Hint: ${told.text}` : told.text;
      });
    },
    first: () => fields[0].input,
  };
}

export default mount(number);
