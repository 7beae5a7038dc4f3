import { h, mount } from "./base.js";
import { codeList } from "./codelist.js";

const BOOKS = { icd10cm: "Diagnosis codes", icd10pcs: "Procedure codes", hcpcs: "HCPCS codes" };

/** Codes of one book in order. Empty fields are no part of the answer. */
function codes({ item, uid, changed, announce, search }) {
  const list = codeList({
    uid,
    limit: item.view.limit,
    noun: "code",
    name: (place) => `Code ${place + 1}`,
    source: item.search ? search : null,
    changed,
    announce,
    edited: () => list.refresh(),
  });
  const node = h("fieldset", { class: "mc-form", "data-mc": "form", "aria-describedby": `${uid}-question` },
    h("legend", {}, BOOKS[item.view.book] ?? "Codes"),
    item.search ? h("p", { class: "mc-help" }, "Type a code, or words and choose from the list (arrow down, then Enter). Enter after a code adds a field.") : null,
    list.node);
  return {
    node,
    read: () => ({ codes: list.read().filter(Boolean) }),
    write: (answer) => list.write(answer.codes ?? []),
    hints(hints) {
      let next = 0;
      list.hints(list.read().map((code) => (code ? (hints.codes ?? [])[next++] : undefined)));
    },
    first: () => list.first(),
  };
}

export default mount(codes);
