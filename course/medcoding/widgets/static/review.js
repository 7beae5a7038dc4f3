import { h, mount } from "./base.js";
import { codeList } from "./codelist.js";
import { combobox } from "./combobox.js";

/* Selectors: suggestion (data-id), verdict-input (value), to (holds code-input), reason, added. */

const VERDICTS = [["accept", "Accept"], ["change", "Change"], ["reject", "Reject"]];

/** Suggestions, each with its basis and confidence, to be accepted, changed or rejected with a reason; and codes to add. */
function review({ item, uid, changed, announce, search, searchIn }) {
  const { suggestions, reasons, by, limit } = item.view;
  const cards = suggestions.map((one, place) => {
    const id = `${uid}-suggestion-${place}`;
    const radios = VERDICTS.filter(([value]) => value !== "change" || one.code).map(([value, text]) => [h("input", {
      type: "radio", name: id, value, "data-mc": "verdict-input", onchange: () => { fit(card); changed(true); },
    }), text]);
    const label = h("label", { for: `${id}-to`, class: "mc-small" }, "Change to");
    const to = combobox({
      id: `${id}-to`, label: "code", kind: "code-input", source: item.search ? searchIn(one.book) : null, announce,
      oninput: () => { to.clearHint(); changed(false); }, oncommit: () => changed(true),
    });
    const reason = h("select", { id: `${id}-reason`, "data-mc": "reason", onchange: () => changed(true) },
      h("option", { value: "" }, "Choose a reason…"), ...reasons.map((text) => h("option", { value: text }, text)));
    const toLine = h("div", { class: "mc-to", "data-mc": "to" }, label, to.node);
    const sure = one.confidence === null || one.confidence === undefined ? null : h("p", { class: "mc-confidence" }, `Confidence ${one.confidence} %`,
      h("span", { class: "mc-bar mc-small-bar", "aria-hidden": "true" }, h("span", { class: "mc-fill", style: `width: ${one.confidence}%; display: block` })));
    const node = h("fieldset", { class: "mc-suggestion", "data-mc": "suggestion", "data-id": one.id },
      h("legend", {}, one.code ? h("span", { class: "mc-code" }, one.code) : `Statement ${place + 1}`, one.title ? ` ${one.title}` : ""),
      one.text ? h("p", { class: "mc-statement", html: one.html }) : null,
      one.based_on ? h("p", { class: "mc-help" }, "Based on: ", h("q", { html: one.basis })) : null, sure,
      h("div", { class: "mc-bin-choices" }, ...radios.map(([input, text]) => h("label", { class: "mc-bin-choice" }, input, h("span", {}, text)))),
      toLine, reasons.length ? h("div", { class: "mc-reason" }, h("label", { for: reason.id, class: "mc-small" }, "Reason"), reason) : null);
    const card = { one, radios: radios.map(([input]) => input), to, toLine, reason, reasonBox: reason.parentElement, node };
    return card;
  });
  const verdict = (card) => card.radios.find((radio) => radio.checked)?.value ?? "";

  function fit(card) {
    card.toLine.hidden = verdict(card) !== "change";
    if (card.reasonBox) card.reasonBox.hidden = verdict(card) === "accept";
  }

  const added = item.view.add ? codeList({
    uid, limit, noun: "code", name: (place) => `Code to add ${place + 1}`, source: item.search ? search : null, changed, announce, edited: () => added.refresh(),
  }) : null;
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    h("p", { class: "mc-label" }, `Suggested by ${by}`), ...cards.map((card) => card.node),
    added ? h("fieldset", { "data-mc": "added" }, h("legend", {}, "Codes that were missed"), h("p", { class: "mc-help" }, "Leave it empty if nothing was missed."), added.node) : null);
  return {
    node,
    read: () => ({
      judged: Object.fromEntries(cards.filter((card) => verdict(card)).map((card) => [card.one.id, {
        verdict: verdict(card), to: verdict(card) === "change" ? card.to.input.value.trim() : "", reason: card.reason.value,
      }])),
      added: added ? added.read().filter(Boolean) : [],
    }),
    write(answer) {
      cards.forEach((card) => {
        const own = (answer.judged ?? {})[card.one.id] ?? {};
        card.radios.forEach((radio) => { radio.checked = radio.value === own.verdict; });
        card.to.input.value = own.to ?? "";
        card.reason.value = reasons.includes(own.reason) ? own.reason : "";
        fit(card);
      });
      added?.write(answer.added ?? []);
    },
    hints(hints) {
      cards.forEach((card) => card.to.hint((hints.to ?? {})[card.one.id]));
      if (!added) return;
      let next = 0;
      added.hints(added.read().map((code) => (code ? (hints.codes ?? [])[next++] : undefined)));
    },
    first: () => cards[0].radios[0],
  };
}

export default mount(review);
