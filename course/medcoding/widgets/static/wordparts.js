import { h, mount } from "./base.js";

/* Selectors, apart: part (data-number), part-input, part-kind, part-meaning, remove, add, whole (label), whole-input.
   build: bank, bank-part (data-part), made, made-part (data-number), left, right, remove, term, clear. */

const KIND_WORDS = { prefix: "prefix", root: "root", vowel: "combining vowel", suffix: "suffix" };

/** The term that parts make; the same rule as in the form's own module. */
function assemble(parts) {
  const letters = (text) => text.toLowerCase().replace(/[^a-z]/g, "");
  return parts.map((text, place) => {
    const after = parts[place + 1] ?? "";
    const dropped = text.includes("/") && after.startsWith("-") && /^[aeiouy]/.test(letters(after));
    return letters(dropped ? text.split("/")[0] : text);
  }).join("");
}

/** Rows of part, kind and meaning, and the meaning of the whole term. */
function apart({ item, uid, changed, announce }) {
  const { term, kinds, meanings, whole, limit } = item.view;
  let rows = [];
  let serial = 0;
  const list = h("ol", { class: "mc-parts-list", "data-mc": "parts" });
  const add = h("button", { type: "button", "data-mc": "add", onclick: () => addRow(true) }, "Add a part");

  function makeRow(given) {
    const row = { id: `${uid}-part-${++serial}`, names: [] };
    const named = (words, control, cls) => {
      const name = h("span", {});
      row.names.push([name, words]);
      return h("div", { class: cls }, h("label", { for: control.id, class: "mc-small" }, name), control);
    };
    const select = (kind, entries) => h("select", { id: `${row.id}-${kind}`, "data-mc": `part-${kind}`, onchange: () => changed(true) },
      h("option", { value: "" }, "Choose…"), ...entries.map(([value, text]) => h("option", { value }, text)));
    row.text = h("input", {
      type: "text", id: `${row.id}-text`, "data-mc": "part-input", maxlength: "40", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
      oninput: () => { number(); changed(false); }, onchange: () => changed(true),
      onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); changed(true); onward(row); } },
    });
    row.kind = select("kind", kinds.map((kind) => [kind, KIND_WORDS[kind]]));
    row.meaning = meanings.length ? select("meaning", meanings.map((entry) => [entry.id, entry.text])) : null;
    row.text.value = given.text ?? "";
    row.kind.value = kinds.includes(given.kind) ? given.kind : "";
    if (row.meaning) row.meaning.value = meanings.some((entry) => entry.id === given.meaning) ? given.meaning : "";
    row.remove = h("button", { type: "button", class: "mc-icon", "data-mc": "remove", onclick: () => removeRow(row) }, "✕");
    row.node = h("li", { class: "mc-part", "data-mc": "part" },
      named("", row.text, "mc-part-text"), named("kind", row.kind, "mc-part-kind"),
      row.meaning ? named("meaning", row.meaning, "mc-part-meaning") : null, row.remove);
    return row;
  }

  function number() {
    rows.forEach((row, place) => {
      row.node.dataset.number = String(place + 1);
      row.names.forEach(([name, words]) => { name.textContent = words ? `Part ${place + 1}, ${words}` : `Part ${place + 1}`; });
      row.remove.setAttribute("aria-label", `Remove part ${place + 1}`);
      row.remove.title = `Remove part ${place + 1}`;
      row.remove.setAttribute("aria-disabled", String(rows.length === 1 && !filled(row)));
    });
    add.disabled = rows.length >= limit;
  }

  const filled = (row) => Boolean(row.text.value.trim() || row.kind.value || row.meaning?.value);

  function addRow(focus) {
    if (rows.length >= limit) { announce(`There is room for ${limit} parts only.`); return; }
    rows.push(makeRow({}));
    list.append(rows[rows.length - 1].node);
    number();
    if (focus) { rows[rows.length - 1].text.focus(); announce(`Part ${rows.length} added.`); }
  }

  function onward(row) {
    const place = rows.indexOf(row);
    if (place < rows.length - 1) rows[place + 1].text.focus();
    else if (row.text.value.trim()) addRow(true);
  }

  function removeRow(row) {
    if (row.remove.getAttribute("aria-disabled") === "true") return;
    const place = rows.indexOf(row);
    rows.splice(place, 1);
    row.node.remove();
    if (!rows.length) addRow(false);
    number();
    rows[Math.min(place, rows.length - 1)].text.focus();
    announce(`Part ${place + 1} removed.`);
    changed(true);
  }

  const radios = whole.map((entry) => h("input", { type: "radio", name: `${uid}-whole`, value: entry.id, "data-mc": "whole-input", onchange: () => changed(true) }));
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    h("fieldset", {},
      h("legend", {}, "The parts of ", h("em", {}, term), ", first to last"),
      h("p", { class: "mc-help" }, "One part a field, such as pan-, hydr/o or -osis. Hyphens and slashes never cost. Enter goes on to the next."),
      list, add),
    h("fieldset", {},
      h("legend", {}, "What the whole term means"),
      ...whole.map((entry, place) => h("label", { class: "mc-option", "data-mc": "whole" }, radios[place], h("span", { html: entry.html })))));
  return {
    node,
    read: () => ({
      parts: rows.filter(filled).map((row) => ({ text: row.text.value.trim(), kind: row.kind.value, meaning: row.meaning?.value ?? "" })),
      meaning: radios.find((radio) => radio.checked)?.value ?? "",
    }),
    write(answer) {
      const given = answer.parts ?? [];
      rows = (given.length ? given : [{}, {}]).map(makeRow);
      list.replaceChildren(...rows.map((row) => row.node));
      number();
      radios.forEach((radio) => { radio.checked = radio.value === answer.meaning; });
    },
    first: () => rows[0].text,
  };
}

/** A bank of parts; each button adds its part to the term. */
function build({ item, uid, changed, announce }) {
  const { bank, limit } = item.view;
  let parts = [];
  const made = h("ol", { class: "mc-made", "data-mc": "made", "aria-label": "Your parts, first to last" });
  const term = h("strong", { "data-mc": "term" });
  const buttons = bank.map((entry) => h("button", {
    type: "button", "data-mc": "bank-part", "data-part": entry.text, "aria-label": `Add ${entry.text}, ${KIND_WORDS[entry.kind]}`,
    onclick: () => {
      if (parts.length >= limit) { announce(`There is room for ${limit} parts only.`); return; }
      act([...parts, entry.text], `${entry.text} added.`);
    },
  }, h("b", {}, entry.text), h("span", { class: "mc-kind" }, KIND_WORDS[entry.kind])));

  function act(next, words, focus) {
    parts = next;
    draw();
    focus?.();
    announce(`${words} ${parts.length ? `Your term: ${assemble(parts)}.` : "No part is left."}`);
    changed(true);
  }

  function moved(place, by) {
    const to = place + by;
    if (to < 0 || to >= parts.length) { announce(by < 0 ? "Already first." : "Already last."); return; }
    const next = [...parts];
    next.splice(to, 0, ...next.splice(place, 1));
    act(next, `${parts[place]} is now part ${to + 1} of ${parts.length}.`,
      () => made.children[to].querySelector(`[data-mc="${by < 0 ? "left" : "right"}"]`).focus());
  }

  function removed(place) {
    const part = parts[place];
    act(parts.filter((_, other) => other !== place), `${part} removed.`,
      () => (made.children[Math.min(place, parts.length - 1)]?.querySelector('[data-mc="remove"]') ?? buttons[0]).focus());
  }

  function draw() {
    made.replaceChildren(...parts.map((text, place) => {
      const button = (kind, sign, words, onclick, off) => h("button", {
        type: "button", class: "mc-icon", "data-mc": kind, "aria-label": words, title: words, onclick, "aria-disabled": off ? "true" : "false",
      }, sign);
      return h("li", { "data-mc": "made-part", "data-number": place + 1 }, h("b", {}, text), h("span", { class: "mc-buttons" },
        button("left", "←", `Move ${text} to the left`, () => moved(place, -1), place === 0),
        button("right", "→", `Move ${text} to the right`, () => moved(place, 1), place === parts.length - 1),
        button("remove", "✕", `Remove ${text}`, () => removed(place), false)));
    }));
    made.hidden = !parts.length;
    term.textContent = parts.length ? assemble(parts) : "no part chosen yet";
    clear.hidden = !parts.length;
  }

  const clear = h("button", {
    type: "button", class: "mc-quiet", "data-mc": "clear", onclick: () => act([], "All parts taken out.", () => buttons[0].focus()),
  }, "Clear all");
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    h("fieldset", {}, h("legend", {}, "Add parts, first to last"), h("div", { class: "mc-bank", "data-mc": "bank" }, ...buttons)),
    h("fieldset", {}, h("legend", {}, "Your term"), made, h("p", { class: "mc-term" }, "Together: ", term), clear));
  draw();
  return {
    node,
    read: () => ({ parts: parts.map((text) => ({ text })) }),
    write(answer) { parts = (answer.parts ?? []).map((part) => part.text).filter(Boolean); draw(); },
    first: () => buttons[0],
  };
}

export default mount((context) => (context.item.view.mode === "build" ? build : apart)(context));
