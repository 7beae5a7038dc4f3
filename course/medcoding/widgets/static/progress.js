import { h } from "./base.js";

/** How many exercises are answered, as a bar, in words, and as a list of those that are left; then how practice stands. */
function render({ model, el }) {
  const fill = h("div", { class: "mc-fill" });
  const bar = h("div", { class: "mc-bar", role: "progressbar", "aria-label": "Exercises answered", "aria-valuemin": "0", "data-mc": "progress-bar" }, fill);
  const text = h("p", { class: "mc-count", role: "status", "data-mc": "progress-text" });
  const open = h("ul", { "data-mc": "progress-open" });
  const left = h("details", {}, h("summary", {}, "Not answered yet"), open);
  const alert = h("div", { class: "mc-alert", role: "alert", hidden: true });
  const practice = h("div", { class: "mc-practised", "data-mc": "progress-practice", hidden: true });
  let drawn = "";
  el.append(h("section", { class: "mc-exercise mc-progress", "data-mc": "progress", "aria-label": "Progress" }, text, bar, left, alert,
    h("p", { class: "mc-help" }, "Answered is not the same as right: answers are scored after you submit."), practice));
  const show = () => {
    const state = model.get("state");
    text.textContent = state.total ? `${state.sentence}.${state.preview ? " Preview: nothing is saved here." : ""}` : state.sentence;
    bar.setAttribute("aria-valuemax", String(Math.max(state.total, 1)));
    bar.setAttribute("aria-valuenow", String(state.answered));
    bar.setAttribute("aria-valuetext", state.sentence);
    bar.hidden = !state.total;
    fill.style.width = `${state.total ? (100 * state.answered) / state.total : 0}%`;
    open.replaceChildren(...state.open.map((item) => h("li", {}, item.title)));
    left.hidden = !state.open.length;
    alert.hidden = !state.problem;
    alert.textContent = state.problem;
    const html = state.practice?.html ?? "";
    practice.hidden = !html;
    if (html !== drawn) {
      const opened = [...practice.querySelectorAll("details")].map((details) => details.open);
      practice.innerHTML = drawn = html; // made and escaped by the course's own renderer
      practice.querySelectorAll("details").forEach((details, number) => { details.open = opened[number] ?? false; });
    }
  };
  show();
  model.on("change:state", show);
  return () => model.off("change:state", show);
}

export default { render };
