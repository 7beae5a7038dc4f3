import { h } from "./base.js";

const FIND_PAUSE = 120;

/** A title with the words that answer a search marked. `marks` are [start, end] pairs in order. */
export function marked(text, marks) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks ?? []) {
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(h("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

/**
 * The search field of the encoder and its list of answers (ARIA combobox with a list that stays in the page).
 *
 * options: uid, ask(text, then, current), open(hit), escape(), announce(text), label().
 * Returns {input, list, note, show(text), clear(), again()}.
 */
export function finder(options) {
  const { uid, announce } = options;
  let hits = [];
  let active = -1;
  let asked = 0;
  let timer;

  const list = h("ul", { class: "mc-results", role: "listbox", id: `${uid}-results`, "aria-label": "Answers", "data-mc": "results", hidden: true });
  const note = h("p", { class: "mc-help mc-found", "data-mc": "found" });
  const input = h("input", {
    type: "text", id: `${uid}-search`, "data-mc": "search", maxlength: "200", autocomplete: "off", spellcheck: "false", role: "combobox",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${uid}-results`, "aria-keyshortcuts": "/",
    placeholder: "words, abbreviation or code", oninput: later, onkeydown: keydown,
  });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(find, FIND_PAUSE);
  }

  function find(then) {
    const text = input.value;
    const number = ++asked;
    if (text.trim().length < 2) { show([]); note.textContent = ""; return; }
    const current = () => number === asked;
    options.ask(text, (reply) => {
      if (!current()) return;
      show(reply.hits ?? []);
      list.dataset.text = text; // what the answers are for
      note.textContent = reply.why || (hits.length ? `${hits.length} ${hits.length === 1 ? "answer" : "answers"}, best first` : "");
      announce(reply.why || `${hits.length} ${hits.length === 1 ? "answer" : "answers"}.`);
      if (typeof then === "function") then(hits);
    }, current);
  }

  function show(found) {
    hits = found;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...hits.map((hit, number) => h("li", {
      role: "option", id: `${uid}-answer-${number}`, "aria-selected": "false", "data-mc": "answer", "data-code": hit.code, class: hit.code ? null : "mc-no-code",
      onmousedown: (event) => event.preventDefault(),
      onclick: () => { mark(number); options.open(hit); },
    }, hit.code ? h("span", { class: "mc-code" }, ...marked(hit.code, hit.head ? [[0, hit.head]] : [])) : null, h("span", {}, ...marked(hit.title, hit.marks)),
    hit.billable === false ? h("span", { class: "mc-more" }, "not reportable as it stands") : null)));
    list.scrollTop = 0;
    list.hidden = !hits.length;
    input.setAttribute("aria-expanded", hits.length ? "true" : "false");
  }

  function mark(number) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (number + hits.length) % hits.length;
    const option = list.children[active];
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    const above = option.offsetTop - list.scrollTop;
    if (above < 0) list.scrollTop = option.offsetTop;
    else if (above + option.offsetHeight > list.clientHeight) list.scrollTop = option.offsetTop + option.offsetHeight - list.clientHeight;
  }

  function keydown(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) mark(event.key === "ArrowDown" ? active + 1 : (active < 0 ? -1 : active - 1));
      else if (event.key === "ArrowDown") find();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (hits.length) options.open(hits[Math.max(active, 0)]);
      else find((found) => { if (found.length) options.open(found[0]); });
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (input.value || hits.length) clear();
      else options.escape();
    }
  }

  function clear() {
    clearTimeout(timer);
    asked += 1;
    input.value = "";
    note.textContent = "";
    show([]);
  }

  return {
    input,
    list,
    note,
    clear,
    again: find,
    /** Searches for a text as if it had been typed; `then` is told of the answers. */
    look(text, then) {
      input.value = text;
      find(then);
    },
    dispose: () => clearTimeout(timer),
  };
}
