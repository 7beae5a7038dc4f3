import { h, mount } from "./base.js";

/* Selectors: text-input, rubric, count. */

/** A text area, the rubric above it, and a count of words as the kernel counts them. */
function text({ item, uid, changed }) {
  const { rubric, least, most, limit } = item.view;
  const id = `${uid}-text`;
  const count = h("p", { class: "mc-hint", id: `${id}-count`, "data-mc": "count" });
  const input = h("textarea", {
    id, rows: "9", "data-mc": "text-input", maxlength: String(limit), spellcheck: "true", "aria-describedby": `${id}-asked ${id}-count ${uid}-question`,
    oninput: () => changed(false), onchange: () => changed(true),
  });
  const table = h("table", { class: "mc-rubric", "data-mc": "rubric" },
    h("caption", {}, "A grader reads your text by this rubric"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Looked for"), h("th", { scope: "col" }, "Share"))),
    h("tbody", {}, ...rubric.map((row) => h("tr", {}, h("td", {}, row.text), h("td", {}, row.share)))));
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title` },
    table,
    h("label", { for: id, class: "mc-label" }, "Your text"),
    h("p", { class: "mc-help", id: `${id}-asked` }, least ? `${least} to ${most} words. A new line begins a paragraph.` : `At most ${most} words. A new line begins a paragraph.`),
    input, count);
  return {
    node,
    read: () => ({ text: input.value }),
    write: (answer) => { input.value = answer.text ?? ""; },
    hints: (hints) => { count.textContent = input.value.trim() ? hints.text ?? "" : ""; },
    first: () => input,
  };
}

export default mount(text);
