import { h, mount } from "./base.js";
import { codeList } from "./codelist.js";
import { lineGrid } from "./lines.js";

const LETTERS = "ABCDEFGHIJKL";

/** Diagnoses A to L, and the service lines that point to them. Pointers follow a diagnosis that is moved. */
function encounter({ item, uid, changed, announce, search, searchIn }) {
  const both = (now) => { grid.refresh(); changed(now); };
  const list = codeList({
    uid,
    limit: item.view.diagnoses,
    noun: "diagnosis",
    name: (place) => `Diagnosis ${LETTERS[place]}`,
    source: item.search ? search : null,
    changed: both,
    announce,
    edited: () => list.refresh(),
    moved: (map) => grid.moved(map),
  });
  const grid = lineGrid({
    uid, limit: item.view.lines, services: item.view.services, supplies: item.search && (item.view.books ?? []).includes("hcpcs") ? searchIn("hcpcs") : null, letters: LETTERS, diagnoses: () => list.read(), changed, announce,
  });
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title` },
    h("fieldset", { "data-mc": "diagnoses" },
      h("legend", {}, "Diagnoses, first-listed first"),
      item.search ? h("p", { class: "mc-help" }, "Type a code, or words and choose from the list (arrow down, then Enter). Enter after a code adds a field.") : null,
      list.node),
    h("fieldset", {},
      h("legend", {}, "Service lines"),
      h("p", { class: "mc-help" }, "Type words for the service, the drug or the supply and pick it, or type a code. Point each line to the diagnoses that it was done for."),
      grid.node));
  const trimmed = (codes) => codes.slice(0, codes.findLastIndex(Boolean) + 1);
  return {
    node,
    read: () => ({ diagnoses: trimmed(list.read()), lines: grid.read() }),
    write(answer) {
      list.write(answer.diagnoses ?? []);
      grid.write(answer.lines ?? []);
    },
    hints(hints) {
      list.hints(hints.diagnoses ?? []);
      grid.hints(hints.lines ?? []);
    },
    first: () => list.first(),
  };
}

export default mount(encounter);
