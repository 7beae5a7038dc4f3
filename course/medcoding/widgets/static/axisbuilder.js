import { h } from "./base.js";

/**
 * Builds an ICD-10-PCS code axis by axis; each list offers what the tables take after the values before it.
 *
 * desk: uid, axes(typed, then), done(code) draws what can be done with a whole code, announce(text).
 */
export function axisBuilder(typed, desk) {
  let values = "";
  const heading = h("h5", { class: "mc-page-title", tabindex: "-1", "data-mc": "page-title" }, "Build an ICD-10-PCS code");
  const said = h("p", { class: "mc-help", "data-mc": "builder-said" });
  const result = h("div", { class: "mc-built", "data-mc": "built" });
  const fields = Array.from({ length: 7 }, (_, place) => {
    const id = `${desk.uid}-axis-${place + 1}`;
    const field = {
      label: h("label", { for: id }),
      select: h("select", { id, "data-mc": "axis", "data-axis": place + 1, "aria-describedby": `${id}-means`, onchange: () => choose(place) }),
      means: h("p", { class: "mc-help", id: `${id}-means` }),
    };
    field.node = h("div", { class: "mc-build-axis" }, field.label, field.select, field.means);
    return field;
  });
  const source = h("p", { class: "mc-help" });

  function choose(place) {
    const value = fields[place].select.value;
    walk(value ? values.slice(0, place) + value + values.slice(place + 1) : values.slice(0, place));
  }

  function walk(wanted) {
    desk.axes(wanted, (built) => {
      values = built.axes.map((axis) => axis.value).join("");
      built.axes.forEach((axis, place) => draw(fields[place], axis));
      source.textContent = built.source;
      const next = built.axes.find((axis) => !axis.value);
      const text = built.dropped || (built.code ? `${built.code}, ${built.title}` : `${next.position} ${next.name}: ${next.choices.length} choices.`);
      said.textContent = built.code && !built.dropped ? "All seven axes are set." : text;
      desk.announce(text);
      result.replaceChildren(...(built.code
        ? [h("p", { class: "mc-built-code" }, h("span", { class: "mc-code", "data-mc": "built-code" }, built.code), " ", built.title), desk.done(built)]
        : [h("p", { class: "mc-built-code" }, h("span", { class: "mc-code", "data-mc": "built-code" }, built.start.padEnd(7, "·")))]));
    });
  }

  function draw(field, axis) {
    field.label.textContent = `${axis.position} ${axis.name}`;
    const options = axis.choices.map(({ value, label }) => h("option", { value }, `${value}  ${label}`));
    if (!axis.only) options.unshift(h("option", { value: "" }, axis.choices.length ? "choose" : "after the axis before"));
    field.select.replaceChildren(...options);
    field.select.value = axis.value;
    field.select.disabled = !axis.choices.length;
    field.means.textContent = [axis.only ? "The only choice here." : "", axis.definition].filter(Boolean).join(" ");
  }

  walk(typed);
  return h("article", { class: "mc-page", "data-mc": "builder" }, heading, said, h("div", { class: "mc-build-axes" }, ...fields.map((field) => field.node)), result, source);
}
