import { h } from "./base.js";
import { rememberField } from "./copying.js";
import { encoderPanel } from "./encoder.js";

/**
 * The encoder of one code field: a button beside it, F2, and a panel beneath. What is used goes into the field.
 *
 * options: input, label, encoder ({on, book, ask}), take(code), announce(text). Returns {button, close()}.
 */
export function fieldEncoder(options) {
  const { input, encoder } = options;
  let panel = null;
  const button = h("button", {
    type: "button", class: "mc-lookup", "data-mc": "open-encoder", "aria-expanded": "false", "aria-label": `Look up a ${options.label} in the encoder`, title: "Encoder (F2)",
    onclick: () => (panel ? close() : open()),
  }, "Look up");
  input.dataset.book = encoder.book;
  input.setAttribute("aria-keyshortcuts", "F2");
  input.addEventListener("focus", () => rememberField(input));
  input.addEventListener("medcoding:code", (event) => options.take(String(event.detail.code)));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "F2") return;
    event.preventDefault();
    if (panel) panel.focus();
    else open();
  });

  function open() {
    panel = encoderPanel({
      uid: `${input.id}-encoder`, on: encoder.on, book: encoder.book, books: null, start: input.value.trim(), ask: encoder.ask, announce: options.announce,
      use: (code) => { close(); options.take(code); },
      leave: close,
    });
    panel.node.id = `${input.id}-panel`;
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", panel.node.id);
    (input.closest(".mc-row") ?? input.parentElement).append(panel.node);
    panel.focus();
  }

  function close() {
    if (!panel) return;
    panel.dispose();
    panel.node.remove();
    panel = null;
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    input.focus();
  }

  return { button, close };
}
