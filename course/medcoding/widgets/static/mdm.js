import { h, mount } from "./base.js";

/* Selectors: grade (data-element; value is the grade), follows, level-input (value is the level), evidence-input (value is the statement). */

const NAMES = { problems: "Problems", data: "Data", risk: "Risk" };
const HELP = { problems: "number and complexity of problems addressed", data: "data reviewed and analyzed", risk: "risk of complications of management" };

/** Grades of the three elements in a grid, the level, and statements of the note. */
function mdm({ item, uid, changed }) {
  const { setting, levels, grades, minutes, evidence } = item.view;
  const elements = Object.keys(NAMES).filter((element) => element in grades);
  const inputs = Object.fromEntries(elements.map((element) => [element, grades[element].map((grade) => h("input", {
    type: "radio", name: `${uid}-${element}`, value: grade, "data-mc": "grade", "data-element": element, onchange: () => { tell(); changed(true); },
  }))]));
  const follows = h("p", { class: "mc-follows", "data-mc": "follows", "aria-live": "polite" });
  const levelInputs = levels.map((level) => h("input", { type: "radio", name: `${uid}-level`, value: level, "data-mc": "level-input", onchange: () => changed(true) }));
  const boxes = evidence.map((one) => h("input", { type: "checkbox", value: one.id, "data-mc": "evidence-input", onchange: () => changed(true) }));
  const chosen = (element) => inputs[element].find((input) => input.checked)?.value ?? "";

  function tell() {
    if (!elements.length) return;
    const places = elements.map((element) => grades[element].indexOf(chosen(element)));
    const open = places.filter((place) => place < 0).length;
    follows.textContent = open ? `${open} of three elements still open.` : "Now choose the level that two of three support.";
  }

  const times = Object.keys(minutes).length
    ? h("p", { class: "mc-help" }, `By time, if that reaches higher: ${levels.map((level) => `${level} from ${minutes[level]} minutes`).join(", ")}.`)
    : h("p", { class: "mc-help" }, "Time does not decide a visit in this setting.");
  const grid = elements.length ? h("div", { class: "mc-mdm" }, ...elements.map((element) => h("fieldset", { class: "mc-mdm-row" },
    h("legend", {}, NAMES[element], h("span", { class: "mc-box-label" }, HELP[element])),
    h("div", { class: "mc-bin-choices" }, ...grades[element].map((grade, place) => h("label", { class: "mc-bin-choice" }, inputs[element][place], h("span", {}, grade)))))), follows) : null;
  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    h("p", { class: "mc-label" }, `Setting: ${setting}`),
    grid,
    h("fieldset", {}, h("legend", {}, "Level of the visit"), times,
      h("div", { class: "mc-bin-choices" }, ...levels.map((level, place) => h("label", { class: "mc-bin-choice" }, levelInputs[place], h("span", {}, level))))),
    evidence.length ? h("fieldset", {}, h("legend", {}, "What in the note decides"),
      ...evidence.map((one, place) => h("label", { class: "mc-option" }, boxes[place], h("span", { html: one.html })))) : null);
  tell();
  return {
    node,
    read: () => ({
      ...Object.fromEntries(elements.map((element) => [element, chosen(element)])),
      level: levelInputs.find((input) => input.checked)?.value ?? "",
      evidence: boxes.filter((box) => box.checked).map((box) => box.value),
    }),
    write(answer) {
      elements.forEach((element) => inputs[element].forEach((input) => { input.checked = input.value === answer[element]; }));
      levelInputs.forEach((input) => { input.checked = input.value === answer.level; });
      boxes.forEach((box) => { box.checked = (answer.evidence ?? []).includes(box.value); });
      tell();
    },
    first: () => inputs[elements[0]]?.[0] ?? levelInputs[0],
  };
}

export default mount(mdm);
