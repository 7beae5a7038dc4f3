import { h, mount } from "./base.js";

/* Selectors: label-input (value is its number), paper, line (data-line), word (data-word), mark (data-label), mark-remove, clear. */

const LETTERS = "ABCDEF";

/**
 * The chart as words. Keyboard: arrows move by word and line, Shift extends, Enter marks, Delete takes a mark away,
 * 1 to 6 choose the label, L selects the line. A selection is of whole words and stays in one line.
 */
function highlight({ item, uid, changed, announce, cleanup }) {
  const { lines, labels, limit } = item.view;
  const many = labels.length > 1;
  let marks = []; // {line, from, to, label}: words from..to of a line
  let caret = { line: 0, word: 0 };
  let anchor = null; // where a selection began, in the caret's line
  let label = 0;
  let dragging = false;

  const rows = lines.map((line, number) => {
    const words = [...line.text.matchAll(/\S+/g)].map((found, place) => ({
      text: found[0], start: found.index, end: found.index + found[0].length,
      node: h("span", { class: "mc-word", "data-mc": "word", "data-word": place }, found[0]),
    }));
    const node = h("p", { class: `mc-mark-line mc-mark-${line.kind}`, "data-mc": "line", "data-line": number },
      ...words.flatMap((word, place) => (place ? [" ", word.node] : [word.node])));
    return { line, words, node };
  });
  const paper = h("div", {
    class: "mc-paper mc-marking", "data-mc": "paper", role: "application", tabindex: "0", "aria-label": `Chart to mark in: ${item.title}`, "aria-describedby": `${uid}-how`,
    onkeydown: keydown, onfocus: () => { draw(); say(); }, onblur: () => draw(),
    onpointerdown: pointerdown, onpointermove: pointermove,
  }, ...rows.map((row) => row.node));
  const up = () => {
    if (!dragging) return;
    dragging = false;
    if (anchor !== null) put();
  };
  document.addEventListener("pointerup", up);
  cleanup(() => document.removeEventListener("pointerup", up));

  const radios = labels.map((text, number) => h("input", {
    type: "radio", name: `${uid}-label`, value: number, "data-mc": "label-input", onchange: () => choose(number),
  }));
  const picker = many ? h("fieldset", {}, h("legend", {}, "What you mark now"),
    h("div", { class: "mc-bin-choices" }, ...labels.map((text, number) => h("label", { class: "mc-bin-choice" }, radios[number], h("span", {}, `${LETTERS[number]}. ${text}`))))) : null;
  const list = h("ol", { class: "mc-mark-list", "data-mc": "marks" });
  const none = h("p", { class: "mc-help" }, "Nothing is marked yet.");
  const clear = h("button", { type: "button", class: "mc-quiet", "data-mc": "clear", onclick: () => { marks = []; draw(); changed(true); announce("All marks taken away."); paper.focus(); } }, "Clear all");

  function choose(number) {
    label = number;
    radios.forEach((radio, place) => { radio.checked = place === number; });
  }

  const spot = (event) => {
    const word = event.target.closest?.("[data-mc=word]");
    return word && paper.contains(word) ? { line: Number(word.parentNode.dataset.line), word: Number(word.dataset.word) } : null;
  };

  function pointerdown(event) {
    const at = spot(event);
    if (!at || event.button) return;
    event.preventDefault();
    paper.focus({ preventScroll: true });
    caret = at;
    anchor = at.word;
    dragging = true;
    draw();
  }

  function pointermove(event) {
    if (!dragging) return;
    const at = spot(document.elementFromPoint(event.clientX, event.clientY) ? { target: document.elementFromPoint(event.clientX, event.clientY) } : event);
    if (!at || at.line !== caret.line || at.word === caret.word) return;
    caret = at;
    draw();
  }

  const range = () => (anchor === null ? [caret.word, caret.word] : [Math.min(anchor, caret.word), Math.max(anchor, caret.word)]);
  const textOf = (line, from, to) => rows[line].line.text.slice(rows[line].words[from].start, rows[line].words[to].end);
  const at = (line, word) => marks.filter((mark) => mark.line === line && mark.from <= word && word <= mark.to);

  /** Marks the selection; pressed on a single word that is marked with this label already, takes that mark away. */
  function put() {
    const [from, to] = range();
    const { line } = caret;
    const same = at(line, from).find((mark) => mark.label === label && mark.from <= from && to <= mark.to);
    anchor = null;
    if (same) { take(same); return; }
    if (marks.length >= limit) { announce(`There is room for ${limit} marks only.`); draw(); return; }
    marks = marks.filter((mark) => !(mark.line === line && mark.label === label && from <= mark.from && mark.to <= to));
    marks.push({ line, from, to, label });
    marks.sort((one, other) => one.line - other.line || one.from - other.from || one.label - other.label);
    draw();
    changed(true);
    announce(`Marked${many ? ` as ${labels[label]}` : ""}: ${textOf(line, from, to)}`);
  }

  function take(mark) {
    marks = marks.filter((one) => one !== mark);
    draw();
    changed(true);
    announce(`Mark taken away: ${textOf(mark.line, mark.from, mark.to)}`);
  }

  function go(line, word, extend) {
    if (extend && line === caret.line) anchor ??= caret.word;
    else anchor = null;
    caret = { line, word: Math.max(0, Math.min(word, rows[line].words.length - 1)) };
    draw();
    rows[caret.line].words[caret.word]?.node.scrollIntoView({ block: "nearest" });
    say();
  }

  function step(by) {
    let line = caret.line + by;
    while (line >= 0 && line < rows.length && !rows[line].words.length) line += by;
    if (line < 0 || line >= rows.length) { announce(by < 0 ? "First line." : "Last line."); return; }
    go(line, 0, false);
    announce(rows[line].line.text);
  }

  function say() {
    const [from, to] = range();
    if (!rows[caret.line]?.words.length) return;
    const own = at(caret.line, caret.word).map((mark) => labels[mark.label] || "marked");
    announce(`${textOf(caret.line, from, to)}${own.length ? `, ${own.join(", ")}` : ""}`);
  }

  function keydown(event) {
    const words = rows[caret.line].words.length;
    const { key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "ArrowRight") caret.word + 1 < words ? go(caret.line, caret.word + 1, shiftKey) : (shiftKey || step(1));
    else if (key === "ArrowLeft") caret.word > 0 ? go(caret.line, caret.word - 1, shiftKey) : (shiftKey || step(-1));
    else if (key === "ArrowDown") step(1);
    else if (key === "ArrowUp") step(-1);
    else if (key === "Home") go(caret.line, 0, shiftKey);
    else if (key === "End") go(caret.line, words - 1, shiftKey);
    else if (key === "l" || key === "L") { anchor = 0; caret.word = words - 1; draw(); say(); }
    else if (key === "Enter" || key === " ") put();
    else if (key === "Delete" || key === "Backspace") { const own = at(caret.line, caret.word).at(-1); if (own) take(own); else announce("No mark here."); }
    else if (key === "Escape" && anchor !== null) { anchor = null; draw(); say(); }
    else if (many && /^[1-6]$/.test(key) && Number(key) <= labels.length) { choose(Number(key) - 1); announce(`Marking ${labels[label]}.`); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function draw() {
    const focused = document.activeElement === paper || dragging;
    const [from, to] = range();
    rows.forEach((row, line) => row.words.forEach((word, place) => {
      const own = at(line, place);
      word.node.className = ["mc-word", own.length ? "mc-marked" : "", focused && line === caret.line && place >= from && place <= to ? "mc-chosen" : "",
        focused && line === caret.line && place === caret.word ? "mc-caret" : ""].filter(Boolean).join(" ");
      word.node.dataset.signs = many ? own.filter((mark) => mark.to === place).map((mark) => LETTERS[mark.label]).join("") : "";
    }));
    list.replaceChildren(...marks.map((mark) => {
      const text = textOf(mark.line, mark.from, mark.to);
      return h("li", { "data-mc": "mark", "data-label": mark.label },
        h("span", {}, many ? h("b", {}, `${LETTERS[mark.label]}. ${labels[mark.label]}: `) : null, `“${text}”`),
        h("button", { type: "button", class: "mc-icon", "data-mc": "mark-remove", "aria-label": `Take the mark away: ${text}`, title: "Take the mark away", onclick: () => { take(mark); paper.focus(); } }, "✕"));
    }));
    none.hidden = marks.length > 0;
    clear.hidden = !marks.length;
  }

  /** The how-manieth occurrence of a text a mark is, over the whole chart; as the form's own module counts. */
  function nth(mark) {
    const text = textOf(mark.line, mark.from, mark.to);
    let count = 0;
    for (let line = 0; line <= mark.line; line += 1) {
      const stop = line === mark.line ? rows[line].words[mark.from].start : Infinity;
      for (let place = rows[line].line.text.indexOf(text); place >= 0 && place <= stop; place = rows[line].line.text.indexOf(text, place + 1)) count += 1;
    }
    return count;
  }

  function found({ text, nth: wanted, label: own }) {
    let count = 0;
    for (let line = 0; line < rows.length; line += 1) {
      const whole = rows[line].line.text;
      for (let place = whole.indexOf(text); place >= 0; place = whole.indexOf(text, place + 1)) {
        count += 1;
        if (count === wanted) {
          const from = rows[line].words.findIndex((word) => word.end > place);
          const to = rows[line].words.findLastIndex((word) => word.start < place + text.length);
          return { line, from, to, label: own };
        }
      }
    }
    return null;
  }

  choose(0);
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    picker,
    h("p", { class: "mc-help", id: `${uid}-how` }, `Drag over words, or use the keyboard: arrow keys move, Shift extends, L takes the line, Enter marks, Delete takes a mark away${many ? ", 1 to " + labels.length + " choose what you mark" : ""}.`),
    paper,
    h("section", { "aria-label": "What is marked" }, h("p", { class: "mc-label" }, "Marked"), none, list, clear));
  draw();
  return {
    node,
    read: () => ({ marks: marks.map((mark) => ({ text: textOf(mark.line, mark.from, mark.to), nth: nth(mark), label: mark.label })) }),
    write(answer) {
      marks = (answer.marks ?? []).map((mark) => found({ nth: 1, label: 0, ...mark })).filter((mark) => mark && mark.label < labels.length && mark.from >= 0);
      draw();
    },
    first: () => paper,
  };
}

export default mount(highlight);
