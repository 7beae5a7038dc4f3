import { h } from "./base.js";

/** Pins and history: two lists of codes. desk: open(code, book), pin(entry, keep), clear(). */
export function codeShelf(desk) {
  const pins = h("ul", { "data-mc": "pins" });
  const history = h("ul", { "data-mc": "history" });
  const clear = h("button", { type: "button", class: "mc-quiet", "data-mc": "clear", onclick: desk.clear }, "Clear the history");
  const counts = [h("span", {}), h("span", {})];
  const pinned = h("details", { open: true }, h("summary", {}, "Pins", counts[0]), pins);
  const visited = h("details", {}, h("summary", {}, "History", counts[1]), history, clear);
  const missing = h("details", { "data-mc": "could-add", hidden: true }, h("summary", {}, "Could be added"));
  let lists = { pins: [], history: [] };

  function entry(one, removable) {
    return h("li", {},
      h("button", { type: "button", class: "mc-shelved", "data-mc": "shelved", "data-code": one.code, onclick: () => desk.open(one.code, one.book) },
        h("span", { class: "mc-code" }, one.code), " ", h("span", {}, one.title)),
      removable ? h("button", { type: "button", class: "mc-icon", "data-mc": "unpin", "aria-label": `Unpin ${one.code}`, title: `Unpin ${one.code}`, onclick: () => desk.pin(one, false) }, "✕") : null);
  }

  return {
    node: h("div", { class: "mc-shelf", "data-mc": "shelf" }, pinned, visited, missing),
    show(found) {
      lists = found;
      counts[0].textContent = ` (${lists.pins.length})`;
      counts[1].textContent = ` (${lists.history.length})`;
      pins.replaceChildren(...(lists.pins.length ? lists.pins.map((one) => entry(one, true)) : [h("li", { class: "mc-help" }, "Nothing pinned yet.")]));
      history.replaceChildren(...lists.history.map((one) => entry(one, false)));
      clear.hidden = !lists.history.length;
    },
    /** Tells which official files would make the book more complete, and the command that adds one. */
    could(titles, command) {
      missing.hidden = !titles.length;
      missing.replaceChildren(missing.firstChild, h("p", { class: "mc-help" }, "Official files that are not on this machine. Whoever keeps the course adds one with ", h("code", {}, command), "."),
        h("ul", {}, ...titles.map((title) => h("li", {}, title))));
    },
    has: (book, code) => lists.pins.some((one) => one.book === book && one.code === code),
  };
}
