import { h } from "./base.js";
import { aidPage } from "./aidpage.js";
import { axisBuilder } from "./axisbuilder.js";
import { codePage } from "./codepage.js";
import { codeShelf } from "./codeshelf.js";
import { comparisonPage } from "./comparison.js";
import { copyCode } from "./copying.js";
import { finder } from "./finder.js";

const PREPARING_PAUSE = 1000;

/**
 * The encoder: a search field, pages, pins and history. All data comes from the kernel, all text is shown as text.
 *
 * options: uid, on, book, books ({name: title}; null where date and book are an exercise's), start, ask(content, then),
 * announce(text), use(code) or null, leave() or null (closes a panel).
 * Returns {node, focus(), dispose()}. Stable selectors (data-mc): encoder, search, results, answer (data-code), book, date,
 * aid, page (data-code), page-title, code-link, mark, seventh-choice, tree, tree-row, builder, axis (data-axis), built-code,
 * comparison, pins, history, shelved, use, copy, pin, compare, back, close.
 */
export function encoderPanel(options) {
  const { uid, announce } = options;
  const state = { on: options.on, book: options.book, aid: "", trail: [], shown: null, first: null, turn: 0, gone: false };
  const timers = new Set();

  const told = h("p", { class: "mc-told", "data-mc": "told", hidden: true });
  const about = h("p", { class: "mc-help", "data-mc": "about" });
  const main = h("div", { class: "mc-enc-main", "data-mc": "main" });
  const pairing = h("p", { class: "mc-told", "data-mc": "pairing", hidden: true });
  const search = finder({ uid, announce, ask: (text, then, current) => ask("search", { text, aid: state.aid }, then, current), open: pick, escape: leave });
  const shelf = codeShelf({ open: (code, book) => openCode(code, book), pin, clear: () => ask("clear", {}, (reply) => { onShelf(reply.shelf); search.input.focus(); }) });
  const aids = h("select", { id: `${uid}-aid`, "data-mc": "aid", onchange: () => { state.aid = aids.value; search.again(); } });
  const aidField = h("div", { class: "mc-enc-field", hidden: true }, h("label", { for: `${uid}-aid` }, "Look in"), aids);
  const node = draw();
  begin(options.start);

  function draw() {
    const bar = h("div", { class: "mc-enc-bar" },
      h("div", { class: "mc-enc-field mc-enc-search" }, h("label", { for: `${uid}-search` }, "Search ", h("kbd", {}, "/")), search.input),
      ...(options.books ? chooser() : []), aidField,
      options.leave ? h("button", { type: "button", class: "mc-icon", "data-mc": "close", "aria-label": "Close the encoder", title: "Close (Escape)", onclick: options.leave }, "✕") : null);
    return h("div", { class: "mc-encoder", role: "region", "aria-label": "Encoder", "data-mc": "encoder", "data-lm-suppress-shortcuts": "true", onkeydown: keydown },
      bar, about, told, pairing,
      h("div", { class: "mc-enc-body" }, h("div", { class: "mc-enc-found" }, search.note, search.list), main, shelf.node));
  }

  function chooser() {
    const book = h("select", { id: `${uid}-book`, "data-mc": "book", onchange: () => change({ book: book.value }) },
      ...Object.entries(options.books).map(([name, title]) => h("option", { value: name }, title)));
    book.value = state.book;
    const date = h("input", { type: "date", id: `${uid}-date`, "data-mc": "date", onchange: () => { if (date.value) change({ on: date.value }); } });
    date.value = state.on;
    state.chosen = book;
    return [
      h("div", { class: "mc-enc-field" }, h("label", { for: `${uid}-book` }, "Book"), book),
      h("div", { class: "mc-enc-field" }, h("label", { for: `${uid}-date` }, "Date of service"), date),
    ];
  }

  /* Asking: what is not ready is asked again, what failed is told in words. */

  function ask(kind, content, then, current = () => true) {
    options.ask({ on: state.on, book: state.book, ...content, ask: kind }, (reply) => {
      if (state.gone || !current()) return;
      if (reply.state === "preparing") {
        tell("The book is being prepared, once on this computer. This takes some seconds.");
        const timer = setTimeout(() => { timers.delete(timer); if (!state.gone && current()) ask(kind, content, then, current); }, PREPARING_PAUSE);
        timers.add(timer);
        return;
      }
      tell(reply.problem ?? "");
      if (!reply.problem) then(reply);
    });
  }

  function tell(text) {
    if (told.textContent !== text && text) announce(text);
    told.textContent = text;
    told.hidden = !text;
  }

  function begin(start) {
    const book = state.book;
    ask("start", {}, (reply) => {
      onShelf(reply.shelf);
      about.textContent = [options.books ? "" : `Codes valid on ${state.on}.`, reply.edition ? `Edition: ${reply.edition}.` : ""].filter(Boolean).join(" ");
      shelf.could(reply.could_add, reply.add);
      aids.replaceChildren(h("option", { value: "" }, "Tabular List"), ...reply.aids.map((aid) => h("option", { value: aid.kind }, `${aid.name}, ${aid.release}`)));
      aidField.hidden = !reply.aids.length;
    }, () => book === state.book);
    if (start) {
      const wanted = start.toUpperCase().replace(/[\s.]/g, "");
      search.look(start, (hits) => { if (hits.length && hits[0].code.toUpperCase().replace(".", "") === wanted) show({ kind: "page", code: hits[0].code, book }, false); });
    } else welcome();
  }

  function welcome() {
    node.dataset.open = "false";
    if (state.book === "icd10pcs") { show({ kind: "builder", typed: "" }, false); return; }
    main.replaceChildren(h("div", { class: "mc-help mc-enc-welcome" },
      h("p", {}, "Type words as they stand in the chart, an abbreviation, or the start of a code. Small spelling mistakes are forgiven."),
      h("p", {}, h("kbd", {}, "↓"), " ", h("kbd", {}, "↑"), " choose, ", h("kbd", {}, "Enter"), " opens, ", h("kbd", {}, "Escape"), " goes back, ", h("kbd", {}, "/"), " returns to the search.")));
  }

  function change(what) {
    Object.assign(state, what, { aid: what.book ? "" : state.aid });
    state.trail = what.book ? [] : state.trail;
    state.turn += 1;
    tell("");
    if (what.book) {
      search.clear();
      state.shown = null;
      begin("");
      return;
    }
    if (search.input.value) search.again();
    if (state.shown) show(state.shown, false, false); // the same place in that day's book
    else welcome();
  }

  /* Places: a code's page, the builder, a comparison, an entry of an aid. */

  function pick(hit) {
    if (hit.path) show({ kind: "aid", aid: state.aid, path: hit.path });
    else openCode(hit.code);
  }

  function openCode(code, book = state.book) {
    if (state.first && !(state.first[0] === book && state.first[1] === code)) {
      const pair = [state.first, [book, code]];
      pairUp(null);
      show({ kind: "comparison", pair });
    } else show({ kind: "page", code, book });
  }

  function show(place, focus = true, remember = true) {
    const turn = ++state.turn;
    const current = () => turn === state.turn;
    const arrive = (made) => {
      if (remember && state.shown) state.trail.push(state.shown);
      if (state.trail.length > 50) state.trail.shift();
      state.shown = place;
      node.dataset.open = "true";
      main.replaceChildren(...[back(), made].filter(Boolean));
      if (focus) focusTitle();
    };
    if (place.kind === "page") {
      ask("page", { code: place.code, book: place.book, visit: remember }, (reply) => {
        onShelf(reply.shelf);
        arrive(codePage(reply.page, { open: openCode, below, build: (code) => show({ kind: "builder", typed: code }), act: actions(reply.page, place.book) }));
        announce(`${reply.page.code}, ${reply.page.title}. ${reply.page.marks.map((mark) => mark.name).join(", ")}`);
      }, current);
    } else if (place.kind === "builder") {
      arrive(axisBuilder(place.typed, {
        uid, announce, axes: (typed, then) => { place.typed = typed; ask("axes", { typed }, (reply) => then(reply.builder)); }, done: (built) => actions(built, "icd10pcs", true),
      }));
    } else if (place.kind === "comparison") {
      ask("compare", { pair: place.pair }, (reply) => { arrive(comparisonPage(reply.comparison, { open: openCode })); }, current);
    } else {
      ask("aid", { kind: place.aid, path: place.path }, (reply) => {
        arrive(aidPage(reply.entry, { open: openCode, term: (aid, path) => show({ kind: "aid", aid, path }), lookIn }));
      }, current);
    }
  }

  function below(name, then) {
    ask("below", { name }, (reply) => then(reply.entries));
  }

  /** An exercise's panel keeps to the codes of its book. */
  function onShelf(lists) {
    const own = (entries) => (options.books ? entries : entries.filter((entry) => entry.book === state.book));
    shelf.show({ pins: own(lists.pins), history: own(lists.history) });
  }

  function lookIn(aid, text) {
    state.aid = aids.value = aid;
    search.look(text);
    search.input.focus();
  }

  function focusTitle() {
    const title = main.querySelector('[data-mc="page-title"]');
    title?.focus({ preventScroll: true });
    if (!title) return;
    const { top, bottom } = title.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight * 0.7) title.scrollIntoView({ block: "start" });
  }

  function back() {
    const before = state.trail.at(-1);
    if (!before) return null;
    return h("button", { type: "button", class: "mc-back", "data-mc": "back", onclick: () => show(state.trail.pop(), true, false) }, `← Back to ${nameOf(before)}`);
  }

  function nameOf(place) {
    return { page: () => place.code, builder: () => "the builder", comparison: () => "the comparison", aid: () => place.path.at(-1) }[place.kind]();
  }

  function actions(page, book, whole = false) {
    const code = page.code;
    const usable = whole || page.billable;
    const copied = h("span", { class: "mc-copied", "data-mc": "copied" });
    const pinButton = h("button", { type: "button", "data-mc": "pin", "aria-pressed": String(shelf.has(book, code)), onclick: () => pin({ book, code }, pinButton.getAttribute("aria-pressed") !== "true", pinButton) }, "Pin");
    return h("div", { class: "mc-actions mc-enc-actions" },
      options.use ? h("button", { type: "button", class: "mc-main", "data-mc": "use", onclick: () => options.use(code) }, usable ? "Use this code" : "Use all the same") : null,
      h("button", { type: "button", class: options.use ? null : "mc-main", "data-mc": "copy", onclick: () => copyCode(code, book, (text) => { copied.textContent = text; announce(text); }) }, "Copy"),
      pinButton,
      whole ? h("button", { type: "button", "data-mc": "open-built", onclick: () => openCode(code, book) }, "Open its page") : null,
      h("button", { type: "button", "data-mc": "compare", onclick: () => pairUp([book, code]) }, "Compare"),
      copied);
  }

  function pin(entry, keep, button) {
    ask("pin", { book: entry.book, code: entry.code, keep }, (reply) => {
      onShelf(reply.shelf);
      button?.setAttribute("aria-pressed", String(keep));
      if (!button) {
        search.input.focus();
        if (state.shown?.code === entry.code) main.querySelector('[data-mc="pin"]')?.setAttribute("aria-pressed", "false");
      }
      announce(`${entry.code} ${keep ? "pinned" : "unpinned"}.`);
    });
  }

  /** Holds one code; the next that is opened is set beside it. */
  function pairUp(first) {
    state.first = first;
    pairing.hidden = !first;
    if (!first) return;
    pairing.replaceChildren(`${first[1]} waits: open the code to set beside it. `,
      h("button", { type: "button", class: "mc-link", "data-mc": "pair-cancel", onclick: () => { pairUp(null); focusTitle(); } }, "Cancel"));
    announce(`${first[1]} waits. Open the code to set beside it.`);
    search.input.focus();
    search.input.select();
  }

  /* Keys. */

  function keydown(event) {
    if (event.isComposing) return;
    const writing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      search.input.focus();
      search.input.select();
    } else if (event.key === "Escape" && event.target !== search.input) {
      event.preventDefault();
      event.stopPropagation();
      if (state.first) pairUp(null);
      search.input.focus();
      search.input.select();
    }
  }

  function leave() {
    if (options.leave) options.leave();
  }

  return {
    node,
    focus: () => { search.input.focus(); search.input.select(); },
    dispose() {
      state.gone = true;
      timers.forEach(clearTimeout);
      search.dispose();
    },
  };
}
