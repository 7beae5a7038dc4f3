import { h } from "./base.js";
import { codeTree } from "./codetree.js";

let pages = 0;

/** Text with links: parts as the kernel gives them. */
export function linkedLine(parts, open) {
  return parts.map((part) => (part.code
    ? h("button", { type: "button", class: "mc-link", "data-mc": "code-link", "data-code": part.code, onclick: () => open(part.code) }, part.text)
    : part.text));
}

/** A section of a page with its heading. */
export function pageSection(title, name, ...children) {
  const id = `mc-section-${++pages}`;
  return h("section", { class: "mc-section", "aria-labelledby": id, "data-mc": name }, h("h6", { id }, title), ...children);
}

/**
 * A code's page.
 *
 * desk: open(code), below(name, then), act (the row of buttons), build(code).
 */
export function codePage(page, desk) {
  const open = (code) => desk.open(code, page.book);
  const heading = h("h5", { class: "mc-page-title", tabindex: "-1", "data-mc": "page-title" },
    h("span", { class: "mc-code", "data-mc": "page-code" }, page.code), " ", page.title);
  const tree = page.trail.length > 1 || page.siblings.length || page.children.length;
  return h("article", { class: "mc-page", "data-mc": "page", "data-code": page.code, "data-book": page.book },
    trail(page, open),
    heading,
    desk.act,
    page.problem ? h("p", { class: "mc-problem", "data-mc": "problem" }, page.problem) : null,
    marks(page),
    seventh(page, open),
    axes(page, desk),
    notes(page, open),
    elsewhere(page, open),
    facts(page, open),
    tree ? pageSection("Where it stands", "stands", codeTree(page, { open, below: desk.below })) : null,
    changes(page, open),
    page.source ? h("p", { class: "mc-help", "data-mc": "source" }, page.source) : null);
}

const MANY = 3;

/** The way down to the code in one line; codes in it lead to their pages. */
function trail(page, open) {
  if (!page.trail.length) return null;
  const step = ({ name, title, kind }) => (["chapter", "block", "letter"].includes(kind)
    ? h("span", { title }, kind === "chapter" ? `Chapter ${name}` : name)
    : h("button", { type: "button", class: "mc-link", title, "data-mc": "code-link", "data-code": name, onclick: () => open(name) }, name));
  return h("nav", { class: "mc-trail", "aria-label": `Above ${page.code}`, "data-mc": "trail" },
    h("ol", {}, ...page.trail.map((one) => h("li", {}, step(one), " ", h("span", { class: "mc-trail-title" }, one.title.replace(/ \([0-9A-Z]+-[0-9A-Z]+\)$/, ""))))));
}

function marks(page) {
  if (!page.marks.length) return null;
  return h("ul", { class: "mc-marks", "aria-label": "Marks", "data-mc": "marks" }, ...page.marks.map((one) => h("li", {},
    h("span", { class: "mc-chip", "data-kind": one.kind, "data-mc": "mark" }, one.name), " ", h("span", {}, one.text))));
}

function seventh(page, open) {
  const picker = page.seventh;
  if (!picker) return null;
  return pageSection("7th character", "seventh",
    h("p", { class: "mc-help", "data-mc": "seventh-sentence" }, picker.sentence),
    h("div", { class: "mc-sevenths", role: "group", "aria-label": `7th characters of ${picker.stem}` }, ...picker.choices.map((choice) => h("button", {
      type: "button", "data-mc": "seventh-choice", "data-code": choice.code, "aria-current": choice.character === picker.chosen ? "true" : null,
      onclick: () => { if (choice.character !== picker.chosen) open(choice.code); },
    },
    h("span", { class: "mc-code" }, picker.stem.includes(".") ? picker.stem : `${picker.stem}.`, h("span", { class: "mc-filler" }, picker.filler), h("b", { class: "mc-seven" }, choice.character)),
    h("span", {}, choice.meaning), choice.billable ? null : h("span", { class: "mc-more" }, "not in force on this date")))));
}

function axes(page, desk) {
  if (!page.axes.length) return null;
  const rows = page.axes.map((axis) => h("tr", {}, h("th", { scope: "row" }, `${axis.position} ${axis.name}`), h("td", { class: "mc-code" }, axis.value),
    h("td", {}, axis.label, axis.definition ? h("span", { class: "mc-define" }, axis.definition) : null)));
  return pageSection("The seven axes", "axes",
    h("table", { class: "mc-table mc-axes-table" }, h("thead", {}, h("tr", {}, ...["Axis", "Value", "Meaning"].map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...rows)),
    h("button", { type: "button", "data-mc": "build-from", onclick: () => desk.build(page.code) }, "Change an axis in the builder"));
}

function notes(page, open) {
  if (!page.notes.length) return null;
  const group = (one) => {
    const list = h("ul", {}, ...one.lines.map((line) => h("li", {}, ...linkedLine(line, open))));
    const whole = one.at.startsWith("Chapter") && one.lines.length > MANY; // a chapter's long notes wait folded
    return h("div", { class: "mc-group", "data-own": String(one.own) },
      h("p", { class: "mc-at" }, ...(one.own ? ["at this code"] : ["from ", ...place(one.at, open)])),
      whole ? h("details", {}, h("summary", {}, `${one.lines.length} lines for the whole chapter`), list) : list);
  };
  return h("div", { class: "mc-notes" }, ...page.notes.map((note) => pageSection(note.name, `note-${note.kind}`,
    h("p", { class: "mc-help" }, note.means), ...note.groups.map(group))));
}

function place(at, open) {
  return linkedLine([/^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]+)?$/.test(at) ? { text: at, code: at } : { text: at }], open);
}

function elsewhere(page, open) {
  if (!page.elsewhere.length) return null;
  return pageSection("Excludes notes elsewhere that name this code", "elsewhere",
    h("p", { class: "mc-help" }, "An Excludes1 note keeps two codes apart, whichever of them carries it."),
    h("ul", {}, ...page.elsewhere.map((one) => h("li", {}, h("b", {}, one.name), " at ", ...linkedLine([one.link ? { text: one.at, code: one.at } : { text: one.at }], open), ": ", ...linkedLine(one.line, open)))));
}

function facts(page, open) {
  if (!page.facts.length) return null;
  return pageSection("Facts", "facts", h("dl", { class: "mc-facts" }, ...page.facts.flatMap((fact) => [
    h("dt", {}, fact.name), ...fact.lines.map((line) => h("dd", {}, ...linkedLine(line, open)))])));
}

function changes(page, open) {
  if (!page.changes.length) return null;
  return pageSection("What changed", "changes", h("dl", { class: "mc-facts" }, ...page.changes.flatMap((change) => [
    h("dt", {}, change.day), ...change.lines.map((line) => h("dd", {}, ...linkedLine(line, open)))])));
}
