import { h, mount } from "./base.js";
import { fieldEncoder } from "./fieldencoder.js";

/* Selectors: procedure (data-number), whole, axis (data-axis), axis-help, hint, remove, add, key-input, key-list. */

const LENGTH = 7;
const UNSET = "_";
const AGAIN = 1500;

/** Procedures, each of seven axes chosen from what the tables offer, or typed as a whole. Codes without a value are no part of the answer. */
function pcs({ item, uid, changed, announce, ask, search }) {
  const { given, limit } = item.view;
  const asked = (place) => !given || given[place] === ".";
  const open = item.search;
  let rows = [];
  let serial = 0;
  const list = h("ol", { class: "mc-procedures" });
  const add = h("button", { type: "button", "data-mc": "add", onclick: () => addRow(true) }, "Add a procedure");

  function makeRow(code) {
    const row = { code: fill(code), number: ++serial };
    const id = `${uid}-procedure-${row.number}`;
    row.legend = h("legend", {});
    row.hint = h("p", { class: "mc-hint", id: `${id}-hint`, "data-mc": "hint" });
    row.whole = h("input", {
      type: "text", id: `${id}-whole`, class: "mc-whole", "data-mc": "whole", maxlength: "16", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      "aria-describedby": `${id}-hint`, readonly: Boolean(given),
      oninput: () => { take(row, row.whole.value); settle(row, false); },
      onchange: () => settle(row, true),
      onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); settle(row, true); } },
    });
    row.encoder = open && !given ? fieldEncoder({
      input: row.whole, label: "procedure", encoder: search.encoder, announce,
      take: (code) => { row.whole.value = code; take(row, code); settle(row, true); },
    }) : null;
    row.axes = Array.from({ length: LENGTH }, (_, place) => axis(row, id, place));
    row.remove = h("button", { type: "button", class: "mc-icon", "data-mc": "remove", onclick: () => removeRow(row) }, "✕");
    row.node = h("li", { class: "mc-procedure", "data-mc": "procedure" },
      h("fieldset", {}, row.legend,
        h("div", { class: "mc-whole-line" }, h("label", { for: `${id}-whole`, class: "mc-small" }, given ? "The code so far" : "Whole code, if you have it"), row.whole, row.encoder?.button ?? null, limit > 1 ? row.remove : null),
        row.hint,
        open ? h("div", { class: "mc-axes" }, ...row.axes.map((one) => one.node)) : null));
    return row;
  }

  function axis(row, id, place) {
    const select = h("select", {
      id: `${id}-axis-${place + 1}`, "data-mc": "axis", "data-axis": place + 1, "aria-describedby": `${id}-help-${place + 1}`, disabled: !asked(place),
      onchange: () => choose(row, place, select.value),
    });
    const name = h("span", {}, "");
    const help = h("p", { class: "mc-help", id: `${id}-help-${place + 1}`, "data-mc": "axis-help" });
    return { select, name, help, node: h("div", { class: "mc-axis" }, h("label", { for: select.id, class: "mc-small" }, `${place + 1} `, name), select, help) };
  }

  function fill(code) {
    const own = (code ?? "").toUpperCase().replace(/[\s.]/g, "").slice(0, LENGTH).padEnd(LENGTH, UNSET);
    return given ? [...own].map((value, place) => (asked(place) ? value : given[place])).join("") : own;
  }

  function take(row, text) { row.code = fill(text); }

  function shown(row) { return given ? row.code : row.code.replace(/_+$/, ""); }

  /** A value was chosen: what comes after it stays where it was, and is dropped when the tables no longer offer it. */
  function choose(row, place, value) {
    row.code = row.code.slice(0, place) + (value || UNSET) + row.code.slice(place + 1);
    row.whole.value = shown(row);
    row.trimming = true;
    settle(row, true);
  }

  function settle(row, now) {
    row.hint.textContent = "";
    changed(now);
    walk(row);
  }

  function walk(row) {
    if (!open) return;
    const code = row.code;
    clearTimeout(row.timer);
    ask("walk", { code }, (reply) => {
      if (row.code !== code) return;
      if (reply.preparing) {
        row.hint.textContent = "The code book is being prepared, once on this computer. A code that you type is saved as usual.";
        row.timer = setTimeout(() => walk(row), AGAIN);
        return;
      }
      if (reply.why) row.hint.textContent = reply.why;
      draw(row, reply.axes);
    });
  }

  function draw(row, axes) {
    let dropped = false;
    axes.forEach(({ name, options }, place) => {
      const { select, name: label, help } = row.axes[place];
      const value = row.code[place];
      const offered = options.find((option) => option.value === value);
      if (row.trimming && asked(place) && value !== UNSET && options.length && !offered) {
        row.code = row.code.slice(0, place) + UNSET + row.code.slice(place + 1);
        dropped = true;
      }
      const current = row.code[place];
      label.textContent = name;
      const stray = current !== UNSET && !offered;
      select.replaceChildren(
        h("option", { value: "" }, options.length ? "Choose…" : "–"),
        ...options.map((option) => h("option", { value: option.value }, `${option.value}  ${option.label}`)),
        ...(stray ? [h("option", { value: current }, options.length ? `${current}  (not offered here)` : current)] : []));
      select.value = current === UNSET ? "" : current;
      select.disabled = !asked(place) || (!options.length && current === UNSET);
      help.textContent = offered?.help ?? "";
    });
    row.trimming = false;
    if (dropped) {
      row.whole.value = shown(row);
      announce("A later value no longer fits and was taken out.");
      changed(true);
      walk(row);
    }
  }

  function number() {
    rows.forEach((row, place) => {
      row.node.dataset.number = String(place + 1);
      row.legend.textContent = limit > 1 ? `Procedure ${place + 1}` : "The procedure";
      row.remove.setAttribute("aria-label", `Remove procedure ${place + 1}`);
      row.remove.title = `Remove procedure ${place + 1}`;
    });
    add.disabled = rows.length >= limit;
  }

  function addRow(focus) {
    if (rows.length >= limit) { announce(`There is room for ${limit} only.`); return; }
    const row = makeRow("");
    rows.push(row);
    list.append(row.node);
    number();
    walk(row);
    if (focus) { row.whole.focus(); announce(`Procedure ${rows.length} added.`); }
  }

  function removeRow(row) {
    const place = rows.indexOf(row);
    clearTimeout(row.timer);
    rows.splice(place, 1);
    row.node.remove();
    if (!rows.length) addRow(false);
    number();
    rows[Math.min(place, rows.length - 1)].whole.focus();
    announce(`Procedure ${place + 1} removed.`);
    changed(true);
  }

  /* The keys: which value a word of the record stands for. */

  const found = h("ul", { class: "mc-key-list", "data-mc": "key-list" });
  const word = h("input", {
    type: "text", id: `${uid}-key`, "data-mc": "key-input", maxlength: "60", autocomplete: "off", spellcheck: "false",
    oninput: () => {
      const text = word.value.trim();
      if (text.length < 2) { found.replaceChildren(); return; }
      ask("key", { text }, (reply) => {
        if (word.value.trim() !== text) return;
        const entries = reply.entries.map((entry) => h("li", {}, h("strong", {}, entry.term), ` (${entry.kind}): ${entry.values}`));
        found.replaceChildren(...(entries.length ? entries : [h("li", {}, "No entry of the keys has these letters.")]));
        announce(reply.entries.length ? `${reply.entries.length} ${reply.entries.length === 1 ? "entry" : "entries"}. ${reply.entries[0].term}: ${reply.entries[0].values}` : "No entry.");
      });
    },
    onkeydown: (event) => { if (event.key === "Enter") event.preventDefault(); },
  });
  const keys = h("details", { class: "mc-keys" }, h("summary", {}, "Body part and device keys"),
    h("label", { for: word.id, class: "mc-small" }, "A word of the record, such as patella or stent"), word, found);

  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    open ? h("p", { class: "mc-help" }, given ? "Choose the missing values. Each field offers what the tables hold there." : "Choose value by value, or type the code. Each field offers what the tables hold after the fields before it.") : null,
    list, limit > 1 ? add : null, open ? keys : null);

  return {
    node,
    read: () => ({
      procedures: rows.map((row) => (given ? [...row.code].map((value, place) => (asked(place) ? value : UNSET)).join("") : row.code))
        .filter((code) => code !== UNSET.repeat(LENGTH)),
    }),
    write(answer) {
      rows.forEach((row) => clearTimeout(row.timer));
      const codes = answer.procedures ?? [];
      rows = (codes.length ? codes : [""]).slice(0, limit).map(makeRow);
      list.replaceChildren(...rows.map((row) => row.node));
      number();
      rows.forEach((row) => { row.whole.value = shown(row); walk(row); });
    },
    hints(hints) {
      let next = 0;
      rows.forEach((row) => {
        const own = given ? [...row.code].filter((_, place) => asked(place)).some((value) => value !== UNSET) : row.code !== UNSET.repeat(LENGTH);
        const said = own ? (hints.procedures ?? [])[next++] : undefined;
        if (!said?.text) return;
        row.hint.dataset.kind = said.kind;
        row.hint.textContent = said.kind === "hint" ? `Hint: ${said.text}` : said.text;
      });
    },
    first: () => (given ? rows[0].axes.find((_, place) => asked(place)).select : rows[0].whole),
  };
}

export default mount(pcs);
