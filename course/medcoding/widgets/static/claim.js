import { h, mount } from "./base.js";

/* Selectors: drawn, remittance, box (data-path), box-input, strike, box-search, asks, ask-input (value is the option), ask-number. */

/** The claim drawn, its boxes as fields, and questions. An empty field is an emptied box only if the box was not empty before. */
function claim({ item, uid, changed, announce, ask }) {
  const { boxes, remittance, asks, drawn } = item.view;
  let pause;
  const form = drawn ? h("div", { class: "mc-claim", "data-mc": "drawn", role: "group", "aria-label": "The claim", tabindex: "0", html: drawn }) : null;
  const rows = boxes.map((box, place) => {
    const id = `${uid}-box-${place}`;
    const control = box.strike
      ? h("input", { type: "checkbox", id, "data-mc": "strike", onchange: () => touch(row, true) })
      : h("input", { type: "text", id, "data-mc": "box-input", maxlength: "80", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-was`, oninput: () => touch(row, false), onchange: () => touch(row, true) });
    const was = h("span", { class: "mc-was", id: `${id}-was` });
    const node = h("tr", { "data-mc": "box", "data-path": box.path },
      h("th", { scope: "row" }, h("label", { for: id }, box.where.charAt(0).toUpperCase() + box.where.slice(1), h("span", { class: "mc-box-label" }, box.label))),
      h("td", {}, box.strike ? h("label", { class: "mc-strike" }, control, " strike it out") : control),
      h("td", {}, was));
    const row = { box, control, was, node };
    return row;
  });

  const value = (row) => (row.box.strike ? (row.control.checked ? null : "") : row.control.value.trim());
  const differs = (row) => (row.box.strike ? row.control.checked : value(row) !== row.box.value);

  function show(row) {
    row.node.classList.toggle("mc-changed", differs(row));
    row.was.textContent = differs(row) ? (row.box.strike ? "struck out" : `was: ${row.box.value || "empty"}`) : "";
  }

  function touch(row, now) {
    show(row);
    changed(now);
    if (!form) return;
    clearTimeout(pause);
    pause = setTimeout(() => ask("redraw", { answer: read() }, (reply) => {
      form.innerHTML = reply.html;
      announce(`The form shows ${rows.filter(differs).length} changed ${rows.filter(differs).length === 1 ? "box" : "boxes"}.`);
    }), 500);
  }

  const filter = h("input", {
    type: "text", id: `${uid}-filter`, "data-mc": "box-search", autocomplete: "off", spellcheck: "false", maxlength: "40",
    oninput: () => {
      const text = filter.value.trim().toLowerCase();
      rows.forEach((row) => { row.node.hidden = Boolean(text) && !`${row.box.where} ${row.box.label} ${row.box.value}`.toLowerCase().includes(text) && !differs(row); });
    },
    onkeydown: (event) => { if (event.key === "Enter") event.preventDefault(); },
  });
  const table = boxes.length ? h("fieldset", {}, h("legend", {}, "Boxes that you may change"),
    h("p", { class: "mc-help" }, "Change what is wrong and leave what is right. Dates as YYYY-MM-DD; several modifiers or pointers with a space between."),
    h("div", { class: "mc-filter" }, h("label", { for: filter.id, class: "mc-small" }, "Show only boxes with"), filter),
    h("div", { class: "mc-boxes", tabindex: "0", role: "group", "aria-label": "Boxes" }, h("table", {}, h("tbody", {}, ...rows.map((row) => row.node))))) : null;

  const questions = asks.map((one, place) => {
    const id = `${uid}-ask-${place}`;
    if (!one.options.length) {
      const input = h("input", { type: "text", id, "data-mc": "ask-number", maxlength: "40", inputmode: "decimal", autocomplete: "off", oninput: () => changed(false), onchange: () => changed(true) });
      return {
        id: one.id, read: () => input.value.trim(), write: (text) => { input.value = text; }, first: input,
        node: h("div", { class: "mc-ask" }, h("label", { for: id, class: "mc-label", html: one.html }), h("div", { class: "mc-number-field" }, input, one.unit ? h("span", { class: "mc-unit" }, one.unit) : null)),
      };
    }
    const radios = one.options.map((option) => h("input", { type: "radio", name: id, value: option.id, "data-mc": "ask-input", onchange: () => changed(true) }));
    return {
      id: one.id, read: () => radios.find((radio) => radio.checked)?.value ?? "", write: (text) => radios.forEach((radio) => { radio.checked = radio.value === text; }), first: radios[0],
      node: h("fieldset", { class: "mc-ask" }, h("legend", { html: one.html }), ...one.options.map((option, number) => h("label", { class: "mc-option" }, radios[number], h("span", { html: option.html })))),
    };
  });
  const paid = remittance ? h("div", { class: "mc-value" }, h("table", { class: "mc-data", "data-mc": "remittance" }, h("caption", {}, remittance.title),
    h("thead", {}, h("tr", {}, ...remittance.columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...remittance.rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))))) : null;

  const read = () => ({
    changes: Object.fromEntries(rows.filter(differs).map((row) => [row.box.path, value(row)])),
    asks: Object.fromEntries(questions.map((one) => [one.id, one.read()])),
  });
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    form, paid, table, questions.length ? h("div", { "data-mc": "asks" }, ...questions.map((one) => one.node)) : null);
  return {
    node,
    read,
    write(answer) {
      const changes = answer.changes ?? {};
      rows.forEach((row) => {
        const there = Object.hasOwn(changes, row.box.path);
        if (row.box.strike) row.control.checked = there && changes[row.box.path] === null;
        else row.control.value = there ? changes[row.box.path] ?? "" : row.box.value;
        show(row);
      });
      questions.forEach((one) => one.write((answer.asks ?? {})[one.id] ?? ""));
      if (form && Object.keys(changes).length) ask("redraw", { answer: { changes, asks: {} } }, (reply) => { form.innerHTML = reply.html; });
    },
    first: () => rows[0]?.control ?? questions[0]?.first,
  };
}

export default mount(claim);
