import { h } from "./base.js";
import { combobox } from "./combobox.js";

/**
 * An ordered list of code fields that grows and can be rearranged.
 *
 * options: uid, limit, name(number) ("Code 2", "Diagnosis B"), noun ("code"), source, changed(now), announce(text),
 * moved(map) told of each rearrangement as old place -> new place (or -1).
 * Returns {node, read(), write(codes), hints(list), first()}.
 */
export function codeList(options) {
  const { uid, limit, name, noun, changed, announce } = options;
  let rows = [];
  let serial = 0;
  const list = h("ol", { class: "mc-codes" });
  const add = h("button", { type: "button", "data-mc": "add", onclick: () => addRow(true) }, `Add a ${noun}`);

  function makeRow(value) {
    const row = { serial: ++serial };
    const id = `${uid}-${noun}-${row.serial}`;
    row.label = h("label", { for: id });
    row.box = combobox({
      id, label: noun, kind: "code-input", source: options.source, announce,
      oninput: () => { row.box.clearHint(); changed(false); options.edited?.(); },
      oncommit: () => changed(true),
      onenter: () => onward(row),
    });
    row.box.input.value = value;
    row.up = h("button", { type: "button", class: "mc-icon", "data-mc": "up", onclick: () => move(row, -1) }, "↑");
    row.down = h("button", { type: "button", class: "mc-icon", "data-mc": "down", onclick: () => move(row, 1) }, "↓");
    row.remove = h("button", { type: "button", class: "mc-icon", "data-mc": "remove", onclick: () => removeRow(row) }, "✕");
    row.node = h("li", { class: "mc-row", "data-mc": "row" }, row.label, row.box.node, h("span", { class: "mc-buttons" }, row.up, row.down, row.remove));
    return row;
  }

  function number() {
    rows.forEach((row, place) => {
      row.node.dataset.number = String(place + 1);
      row.label.textContent = name(place);
      const lower = name(place).charAt(0).toLowerCase() + name(place).slice(1);
      label(row.up, `Move ${lower} up`, place === 0);
      label(row.down, `Move ${lower} down`, place === rows.length - 1);
      label(row.remove, `Remove ${lower}`, rows.length === 1 && !row.box.input.value);
    });
    add.disabled = rows.length >= limit;
  }

  function label(button, text, off) {
    button.setAttribute("aria-label", text);
    button.title = text;
    button.setAttribute("aria-disabled", off ? "true" : "false");
  }

  const off = (button) => button.getAttribute("aria-disabled") === "true";

  function addRow(focus) {
    if (rows.length >= limit) { announce(`There is room for ${limit} only.`); return; }
    const row = makeRow("");
    rows.push(row);
    list.append(row.node);
    number();
    if (focus) { row.box.input.focus(); announce(`${name(rows.length - 1)} added.`); }
  }

  function onward(row) {
    const place = rows.indexOf(row);
    if (place < rows.length - 1) rows[place + 1].box.input.focus();
    else if (row.box.input.value.trim()) addRow(true);
  }

  function move(row, step) {
    const from = rows.indexOf(row);
    const to = from + step;
    const button = step < 0 ? row.up : row.down;
    if (off(button)) { announce(step < 0 ? "Already first." : "Already last."); return; }
    rows.splice(from, 1);
    rows.splice(to, 0, row);
    list.replaceChildren(...rows.map((one) => one.node));
    number();
    options.moved?.(new Map([[from, to], [to, from]]));
    button.focus();
    announce(`${row.box.input.value || "Empty field"} is now ${name(to)} of ${rows.length}.`);
    changed(true);
  }

  function removeRow(row) {
    if (off(row.remove)) return;
    const place = rows.indexOf(row);
    const value = row.box.input.value;
    row.box.close();
    rows.splice(place, 1);
    row.node.remove();
    options.moved?.(new Map([[place, -1], ...rows.slice(place).map((_, after) => [place + after + 1, place + after])]));
    if (!rows.length) addRow(false);
    number();
    rows[Math.min(place, rows.length - 1)].box.input.focus();
    announce(`${value || "Empty field"} removed.`);
    changed(true);
  }

  return {
    node: h("div", { class: "mc-codelist" }, list, add),
    read: () => rows.map((row) => row.box.input.value.trim()),
    write(codes) {
      rows.forEach((row) => row.box.close());
      rows = (codes.length ? codes : [""]).map(makeRow);
      list.replaceChildren(...rows.map((row) => row.node));
      number();
    },
    hints: (hints) => rows.forEach((row, place) => row.box.hint(hints[place])),
    refresh: number,
    first: () => rows[0]?.box.input,
  };
}
