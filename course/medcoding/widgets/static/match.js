import { h, mount } from "./base.js";

/* Selectors: match-rights, pair (data-left), pair-select, pair-hint, clear. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The right texts as a lettered list, and a select over them for each left text. */
function match({ item, uid, changed, announce }) {
  const { lefts, rights, reuse } = item.view;
  const list = h("ol", { class: "mc-rights", type: "A", "data-mc": "match-rights", "aria-label": "To choose from" },
    ...rights.map((entry) => h("li", { html: entry.html })));
  const rows = lefts.map((entry, place) => {
    const id = `${uid}-left-${place}`;
    const select = h("select", { id, "data-mc": "pair-select", "aria-describedby": `${id}-hint`, onchange: () => { tell(rows[place]); changed(true); } },
      h("option", { value: "" }, "Choose…"),
      ...rights.map((right, number) => h("option", { value: right.id }, `${LETTERS[number]}. ${right.text}`)));
    const hint = h("p", { class: "mc-hint", id: `${id}-hint`, "data-mc": "pair-hint" });
    const node = h("div", { class: "mc-pair", "data-mc": "pair", "data-left": entry.id },
      h("label", { for: id, html: entry.html }), h("div", { class: "mc-field" }, select, hint));
    return { entry, select, hint, node };
  });

  /** Says at each row whether its text serves another left text too, which the question does not allow. */
  function check() {
    if (reuse) return;
    rows.forEach((row) => {
      const others = rows.filter((other) => other !== row && other.select.value && other.select.value === row.select.value);
      row.hint.textContent = others.length ? `Also chosen for ${others.map((other) => `“${other.entry.text}”`).join(", ")}; each text serves one only.` : "";
    });
  }

  function tell(row) {
    check();
    if (row.hint.textContent) announce(row.hint.textContent);
  }

  const clear = h("button", {
    type: "button", class: "mc-quiet", "data-mc": "clear",
    onclick: () => {
      rows.forEach((row) => { row.select.value = ""; });
      check();
      changed(true);
      announce("All matches cleared.");
      rows[0].select.focus();
    },
  }, "Clear all");
  const node = h("fieldset", { class: "mc-form", "data-mc": "form", "aria-describedby": `${uid}-question` },
    h("legend", {}, "Match each with one of these"),
    list,
    h("p", { class: "mc-help" }, reuse ? "A text may be chosen more than once." : "Each text serves once at most; one that is chosen twice counts for neither."),
    h("div", { class: "mc-pairs" }, ...rows.map((row) => row.node)), clear);
  return {
    node,
    read: () => ({ pairs: Object.fromEntries(rows.map((row) => [row.entry.id, row.select.value])) }),
    write(answer) {
      rows.forEach((row) => {
        const given = (answer.pairs ?? {})[row.entry.id] ?? "";
        row.select.value = rights.some((right) => right.id === given) ? given : "";
      });
      check();
    },
    first: () => rows[0].select,
  };
}

export default mount(match);
