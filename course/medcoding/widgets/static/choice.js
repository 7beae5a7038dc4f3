import { h, mount } from "./base.js";

const LETTERS = "ABCDEFGHIJKL";

/** Radio buttons for one option, check boxes for several, and a button that clears them. */
function choice({ item, uid, changed, announce }) {
  const { many, options } = item.view;
  const inputs = [];
  const rows = options.map((option, number) => {
    const input = h("input", {
      type: many ? "checkbox" : "radio",
      name: `${uid}-options`,
      value: option.id,
      "data-mc": "option-input",
      onchange: () => changed(true),
    });
    inputs.push(input);
    return h("label", { class: "mc-option", "data-mc": "option", "data-letter": LETTERS[number] },
      input, h("span", { class: "mc-letter" }, LETTERS[number]), h("span", { class: "mc-text", html: option.html }));
  });
  const clear = h("button", {
    type: "button",
    class: "mc-quiet",
    "data-mc": "clear",
    onclick: () => {
      inputs.forEach((input) => { input.checked = false; });
      changed(true);
      announce("Choice cleared.");
      inputs[0].focus();
    },
  }, "Clear choice");
  const node = h("fieldset", { class: "mc-form", "data-mc": "form", "aria-describedby": `${uid}-question` },
    h("legend", {}, many ? "Choose all that apply" : "Choose one"), ...rows, clear);
  return {
    node,
    read: () => ({ chosen: inputs.filter((input) => input.checked).map((input) => input.value) }),
    write: (answer) => inputs.forEach((input) => { input.checked = (answer.chosen ?? []).includes(input.value); }),
    first: () => inputs.find((input) => input.checked) ?? inputs[0],
  };
}

export default mount(choice);
