import { h, settled } from "./base.js";
import { fieldEncoder } from "./fieldencoder.js";
import { marked } from "./finder.js";

const PAUSE = 120;

/** Whether a text is words to search for and no code: a code has a digit (but GZFZZZZ and its like), a service key a colon, and neither a word of letters alone. */
const isWords = (text) => text.trim() !== "" && !/^\s*[A-Z]{5}ZZ\s*$/i.test(text) && (!/[0-9:]/.test(text) || text.trim().split(/\s+/).some((word) => /^[A-Za-z]{3,}$/.test(word)));

/**
 * A text field that offers matches (ARIA combobox with a list). Typed text is kept where nothing is picked.
 *
 * options: id, label (text), kind (data-mc), source(text, then) or null, oninput(), oncommit(), onenter(), announce(text).
 * A source with a property `encoder` ({on, book, ask}) gets a button that opens the encoder beneath the field.
 * Returns {input, node, hint(hint), say()}.
 */
export function combobox(options) {
  const { id, label, source } = options;
  let hits = [];
  let active = -1;
  let asked = 0;
  let timer;

  const hint = h("p", { class: "mc-hint", id: `${id}-hint`, "data-mc": "hint" });
  const list = h("ul", { class: "mc-listbox", role: "listbox", id: `${id}-list`, "aria-label": `Matches for ${label}`, "data-mc": "listbox" });
  if (source && "showPopover" in HTMLElement.prototype) list.setAttribute("popover", "manual");
  list.hidden = true;
  const input = h("input", {
    type: "text", id, "data-mc": options.kind, maxlength: "64", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    "aria-describedby": `${id}-hint`,
    ...(source ? { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list` } : {}),
    oninput: () => { options.oninput(); if (source) later(); },
    onchange: () => options.oncommit(),
    onblur: () => { close(); options.oncommit(); },
    onkeydown: keydown,
  });

  const isOpen = () => !list.hidden;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  function ask() {
    const text = input.value;
    const number = ++asked;
    if (text.trim().length < 2) { close(); return; }
    source(text, (reply) => {
      if (number !== asked || document.activeElement !== input || input.value !== text) return;
      if (reply.state === "preparing") {
        note("The code book is being prepared, once on this computer. Matches will come; codes you type are saved as usual.");
        timer = setTimeout(ask, 1500);
      } else if (reply.state === "none") {
        close();
        if (reply.why) note(reply.why);
      } else show(reply.hits);
    });
  }

  function note(text) {
    hint.textContent = text;
  }

  function show(found) {
    hits = found;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...hits.map((hit, number) => h("li", {
      role: "option", id: `${id}-hit-${number}`, "aria-selected": "false", "data-mc": "hit", "data-code": hit.code,
      onmousedown: (event) => { event.preventDefault(); pick(number); },
    }, h("span", { class: "mc-code" }, ...marked(hit.code, hit.head ? [[0, hit.head]] : [])), h("span", {}, ...marked(hit.title, hit.marks)),
    hit.billable === false ? h("span", { class: "mc-more" }, "more characters needed") : null)));
    if (!hits.length) { close(); return; }
    list.hidden = false;
    if (list.popover && !list.matches(":popover-open")) list.showPopover();
    place();
    input.setAttribute("aria-expanded", "true");
    options.announce(`${hits.length >= 10 ? `The first ${hits.length} matches; another word narrows them` : `${hits.length} ${hits.length === 1 ? "match" : "matches"}`}. Use the down arrow.`);
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
  }

  function place() {
    if (!list.popover) return;
    const box = input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - 8;
    const above = box.top - 8;
    const up = below < 160 && above > below;
    list.style.left = `${Math.max(4, box.left)}px`;
    list.style.width = `${Math.min(Math.max(box.width, 420), window.innerWidth - Math.max(4, box.left) - 8)}px`;
    list.style.maxHeight = `${Math.min(320, Math.max(up ? above : below, 80))}px`;
    list.style.top = up ? "auto" : `${box.bottom + 2}px`;
    list.style.bottom = up ? `${window.innerHeight - box.top + 2}px` : "auto";
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    if (!isOpen()) return false;
    if (list.popover && list.matches(":popover-open")) list.hidePopover();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    window.removeEventListener("scroll", place, true);
    window.removeEventListener("resize", place);
    return true;
  }

  function mark(number) {
    const shown = list.querySelectorAll("[role=option]");
    shown[active]?.setAttribute("aria-selected", "false");
    active = (number + hits.length) % hits.length;
    const option = shown[active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function pick(number) {
    const { code, title, billable } = hits[number];
    options.announce(`${code}, ${title}`);
    if (billable !== false) { take(code); return; }
    input.value = code; // a heading is no code to report: what stands beneath it is offered next
    options.oninput();
    ask();
  }

  function take(code) {
    input.value = code;
    close();
    options.oninput();
    options.oncommit();
  }

  function keydown(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!source) return;
      event.preventDefault();
      if (isOpen()) mark(event.key === "ArrowDown" ? active + 1 : (active < 0 ? -1 : active - 1));
      else if (event.key === "ArrowDown") ask();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen() && active >= 0) pick(active);
      else if (source && isWords(input.value)) wordsOnly();
      else { close(); options.oncommit(); options.onenter?.(); }
    } else if (event.key === "Escape") {
      if (close()) { event.preventDefault(); event.stopPropagation(); }
    }
  }

  /** Enter on words: they are no code. The list stays (or opens), and it is said how to choose from it. */
  function wordsOnly() {
    if (!isOpen()) ask();
    const told = "These are words, not a code. Choose a line of the list: arrow down, then Enter.";
    if (isOpen()) {
      list.querySelector("[data-mc='words-only']")?.remove();
      list.prepend(h("li", { role: "presentation", "aria-hidden": "true", class: "mc-more", "data-mc": "words-only" }, told));
    } else note(told);
    options.announce(told);
  }

  const encoder = source?.encoder ? fieldEncoder({ input, label: options.label, encoder: source.encoder, take, announce: options.announce }) : null;
  const entry = encoder ? h("div", { class: "mc-entry" }, input, encoder.button) : input;
  let told = "";
  let written = 0;
  return {
    input,
    list,
    node: h("div", { class: "mc-field" }, entry, list, hint),
    close,
    take,
    hint(said) {
      const text = said && said.text ? (said.kind === "hint" ? `Hint: ${said.text}` : said.text) : "";
      const typing = document.activeElement === input && said && said.kind === "hint";
      const now = ++written;
      const write = () => {
        if (now !== written) return;
        hint.dataset.kind = said?.kind ?? "none";
        hint.textContent = text;
      };
      if (typing) {
        hint.textContent = "";
        input.addEventListener("blur", () => settled(write), { once: true });
      } else settled(write);
      if (!typing && text && text !== told && said.kind === "hint") options.announce(`${label}: ${text}`);
      told = text;
    },
    clearHint() {
      written += 1;
      hint.textContent = "";
    },
  };
}
