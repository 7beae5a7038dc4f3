import { h, settled } from "./base.js";
import { combobox } from "./combobox.js";

const LITTLE = new Set(["svc", "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]);

/** Whether the key of a service, its plain words or what people call it hold a typed word, or one that differs only in its ending. */
function says({ code, title, also }, word) {
  const hay = `${code} ${title} ${also ?? ""}`.toLowerCase();
  return hay.includes(word) || (word.length > 4 && hay.includes(word.replace(/(s|es|ing|ed)$/, "")));
}

/**
 * The grid of service lines.
 *
 * options: uid, limit, services ([{code, title, also}]), supplies (a search over HCPCS, or null), diagnoses() (codes by place), letters, changed(now), announce(text).
 * Returns {node, read(), write(lines), hints(list), refresh(), moved(map)}. A line keeps its pointers by letter.
 */
export function lineGrid(options) {
  const { uid, limit, letters, changed, announce } = options;
  let lines = [];
  let serial = 0;
  const body = h("tbody", { role: "rowgroup" });
  const add = h("button", { type: "button", "data-mc": "line-add", onclick: () => addLine(true) }, "Add a line");
  const heads = ["Line", "Service", "Modifiers", "Units", "Points to", "Remove"];
  const table = h("table", { class: "mc-lines", role: "table", "aria-label": "Service lines", "data-mc": "lines" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads.map((head) => h("th", { role: "columnheader", scope: "col" }, head === "Remove" ? h("span", { class: "mc-hidden" }, head) : head)))), body);

  function find(text, then) {
    const words = text.toLowerCase().split(/[\s,:.-]+/).filter((word) => word && !LITTLE.has(word));
    const own = options.services.map((service) => ({ service, found: words.filter((word) => says(service, word)).length }))
      .filter(({ found }) => found > 0 && 2 * found >= words.length)
      .sort((one, other) => other.found - one.found)
      .slice(0, 12).map(({ service }) => service);
    if (!options.supplies) { then({ state: "ready", hits: own }); return; }
    options.supplies(text, (reply) => then({ state: "ready", hits: [...own.slice(0, reply.hits?.length ? 6 : 12), ...(reply.hits ?? [])] }));
  }
  if (options.supplies) find.encoder = options.supplies.encoder;

  function makeLine(data) {
    const line = { serial: ++serial, pointers: [...(data.pointers ?? [])] };
    const id = `${uid}-line-${line.serial}`;
    const label = (name, target) => h("label", { for: target, class: "mc-cell-label" }, h("span", { class: "mc-which" }), ` ${name}`);
    line.box = combobox({
      id: `${id}-service`, label: "service", kind: "service-input", source: find, announce,
      oninput: () => { line.box.clearHint(); changed(false); },
      oncommit: () => changed(true),
    });
    line.box.input.setAttribute("autocapitalize", "none");
    line.box.input.value = data.code ?? "";
    line.note = h("p", { class: "mc-hint", id: `${id}-note` });
    line.modifiers = h("input", {
      type: "text", id: `${id}-modifiers`, "data-mc": "modifiers", maxlength: "30", autocomplete: "off", spellcheck: "false",
      placeholder: "e.g. LT", "aria-describedby": `${id}-note`, onkeydown: onEnter,
      oninput: () => changed(false), onchange: () => { check(line); changed(true); }, onblur: () => { check(line); changed(true); },
    });
    line.modifiers.value = (data.modifiers ?? []).join(" ");
    line.units = h("input", {
      type: "number", id: `${id}-units`, "data-mc": "units", min: "1", max: "99999", step: "1", inputmode: "numeric",
      "aria-describedby": `${id}-note`, onkeydown: onEnter,
      oninput: () => changed(false), onchange: () => { check(line); changed(true); }, onblur: () => { check(line); changed(true); },
    });
    line.units.value = String(data.units ?? 1);
    line.boxes = h("div", { class: "mc-pointers", role: "group" });
    line.remove = h("button", { type: "button", class: "mc-icon", "data-mc": "line-remove", onclick: () => removeLine(line) }, "✕", h("span", { class: "mc-narrow" }, " Remove line"));
    line.head = h("th", { role: "rowheader", scope: "row" });
    line.node = h("tr", { role: "row", "data-mc": "line" }, line.head,
      h("td", { role: "cell", class: "mc-wide" }, label("service", `${id}-service`), line.box.node),
      h("td", { role: "cell" }, label("modifiers", `${id}-modifiers`), line.modifiers),
      h("td", { role: "cell" }, label("units", `${id}-units`), line.units, line.note),
      h("td", { role: "cell" }, h("span", { class: "mc-cell-label", "aria-hidden": "true" }, "Points to"), line.boxes),
      h("td", { role: "cell", class: "mc-last" }, line.remove));
    return line;
  }

  function onEnter(event) {
    if (event.key === "Enter") { event.preventDefault(); changed(true); }
  }

  function modifiers(line) {
    return line.modifiers.value.toUpperCase().split(/[\s,;]+/).filter(Boolean);
  }

  function units(line) {
    const value = Number(line.units.value);
    return Number.isInteger(value) && value >= 0 && value <= 99999 && line.units.value !== "" ? value : 0;
  }

  function check(line) {
    const given = modifiers(line);
    const notes = [];
    if (given.some((modifier) => modifier.length !== 2)) notes.push("A modifier has two characters; put a space between two.");
    if (given.length > 4) notes.push("A line takes four modifiers; the rest is not kept.");
    if (units(line) < 1) notes.push("Units are a whole number, 1 or more.");
    const text = notes.length ? `Hint: ${notes.join(" ")}` : "";
    if (text && text !== line.note.textContent) announce(text);
    settled(() => { line.note.textContent = text; });
  }

  function addLine(focus) {
    if (lines.length >= limit) { announce(`There is room for ${limit} lines only.`); return; }
    const line = makeLine({});
    lines.push(line);
    body.append(line.node);
    refresh();
    if (focus) { line.box.input.focus(); announce(`Line ${lines.length} added.`); }
  }

  function removeLine(line) {
    const place = lines.indexOf(line);
    line.box.close();
    lines.splice(place, 1);
    line.node.remove();
    if (!lines.length) addLine(false);
    refresh();
    lines[Math.min(place, lines.length - 1)].box.input.focus();
    announce(`Line ${place + 1} removed.`);
    changed(true);
  }

  /** Numbers the lines and draws their pointers anew from the diagnoses that are filled. */
  function refresh() {
    const codes = options.diagnoses();
    lines.forEach((line, place) => {
      const name = `Line ${place + 1}`;
      line.node.dataset.number = String(place + 1);
      line.head.textContent = name;
      line.node.querySelectorAll(".mc-which").forEach((which) => { which.textContent = name; });
      line.boxes.setAttribute("aria-label", `${name} points to`);
      line.remove.setAttribute("aria-label", `Remove line ${place + 1}`);
      line.remove.title = `Remove line ${place + 1}`;
      drawPointers(line, codes);
    });
    add.disabled = lines.length >= limit;
  }

  function drawPointers(line, codes) {
    const wanted = codes.map((code, at) => [letters[at], code]).filter(([, code]) => code);
    const key = JSON.stringify([wanted, line.pointers]);
    if (line.drawn === key) return;
    line.drawn = key;
    line.boxes.replaceChildren(...wanted.map(([letter, code]) => {
      const box = h("input", {
        type: "checkbox", "data-mc": "pointer", "data-letter": letter,
        onchange: () => {
          line.pointers = line.pointers.filter((one) => one !== letter);
          if (box.checked) line.pointers.push(letter);
          line.drawn = JSON.stringify([wanted, line.pointers]);
          changed(true);
        },
      });
      box.checked = line.pointers.includes(letter);
      return h("label", { class: "mc-pointer" }, box, h("span", {}, h("b", {}, letter), ` ${code}`));
    }));
    if (!wanted.length) line.boxes.append(h("span", { class: "mc-help" }, "Enter a diagnosis first."));
  }

  return {
    node: h("div", { class: "mc-grid" }, table, add),
    read() {
      const codes = options.diagnoses();
      return lines.map((line) => ({
        code: line.box.input.value.trim(),
        modifiers: modifiers(line).slice(0, 4).map((modifier) => modifier.slice(0, 8)),
        units: units(line),
        pointers: line.pointers.filter((letter) => codes[letters.indexOf(letter)]),
      })).filter((line) => line.code || line.modifiers.length || line.units !== 1 || line.pointers.length);
    },
    write(given) {
      lines.forEach((line) => line.box.close());
      lines = (given.length ? given : [{}]).map(makeLine);
      body.replaceChildren(...lines.map((line) => line.node));
      refresh();
    },
    hints(hints) {
      const codes = options.diagnoses();
      let next = 0;
      lines.forEach((line) => {
        const counts = line.box.input.value.trim() || modifiers(line).length || units(line) !== 1
          || line.pointers.some((letter) => codes[letters.indexOf(letter)]);
        line.box.hint(counts ? hints[next++] : undefined);
      });
    },
    refresh,
    moved(map) {
      lines.forEach((line) => {
        line.pointers = line.pointers
          .map((letter) => (map.has(letters.indexOf(letter)) ? letters[map.get(letters.indexOf(letter))] : letter))
          .filter(Boolean);
      });
      refresh();
    },
  };
}
