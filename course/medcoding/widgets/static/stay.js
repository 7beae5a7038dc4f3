import { h, mount } from "./base.js";
import { combobox } from "./combobox.js";

/* Selectors: principal, others, other (data-number), procedures, procedure (data-number), code-input, poa, date, discharge, query-input, add-other, add-procedure, remove, live-drg. */

const POA = [["", "POA blank, exempt codes only"], ["Y", "POA Y, yes"], ["N", "POA N, no"], ["U", "POA U, not documented"], ["W", "POA W, cannot be told"]];

/** Principal and other diagnoses with POA, procedures, discharge status and the question of a query. */
function stay({ item, uid, changed, announce, ask, searchIn }) {
  const { view } = item;
  const practice = item.mode === "practice";
  let serial = 0;

  function indicator(id) {
    return h("select", { id, "data-mc": "poa", onchange: () => touch(true) }, ...POA.map(([value, text]) => h("option", { value }, text)));
  }

  function touch(now) {
    changed(now);
    live();
  }

  function row(kind, label) {
    const id = `${uid}-${kind}-${++serial}`;
    const one = { label: h("label", { for: id }) };
    one.box = combobox({
      id, label, kind: "code-input", source: item.search ? searchIn(kind === "procedure" ? "icd10pcs" : "icd10cm") : null, announce,
      oninput: () => { one.box.clearHint(); touch(false); }, oncommit: () => touch(true), onenter: () => {},
    });
    one.poa = kind === "procedure" ? null : indicator(`${id}-poa`);
    one.date = kind === "procedure" && view.dates ? h("input", { type: "text", id: `${id}-date`, "data-mc": "date", placeholder: "YYYY-MM-DD", maxlength: "10", autocomplete: "off", oninput: () => touch(false), onchange: () => touch(true) }) : null;
    const extra = one.poa ?? one.date;
    one.extraLabel = extra ? h("label", { for: extra.id, class: "mc-small" }) : null;
    one.node = h(kind === "principal" ? "div" : "li", { class: "mc-row mc-stay-row", "data-mc": kind }, one.label, one.box.node,
      extra ? h("div", { class: "mc-stay-extra" }, one.extraLabel, extra) : null);
    return one;
  }

  function rowsOf(kind, noun, list, add, limit) {
    let rows = [];
    function number() {
      rows.forEach((one, place) => {
        one.node.dataset.number = String(place + 1);
        one.label.textContent = `${noun} ${place + 1}`;
        if (one.extraLabel) one.extraLabel.textContent = kind === "procedure" ? `Date of procedure ${place + 1}` : `POA of diagnosis ${place + 2}`;
        one.remove.setAttribute("aria-label", `Remove ${noun.toLowerCase()} ${place + 1}`);
        one.remove.title = `Remove ${noun.toLowerCase()} ${place + 1}`;
      });
      add.disabled = rows.length >= limit;
    }
    function make() {
      const one = row(kind, noun.toLowerCase());
      one.remove = h("button", { type: "button", class: "mc-icon", "data-mc": "remove", onclick: () => drop(one) }, "✕");
      one.node.append(h("span", { class: "mc-buttons" }, one.remove));
      return one;
    }
    function push(focus) {
      if (rows.length >= limit) { announce(`There is room for ${limit} only.`); return null; }
      const one = make();
      rows.push(one);
      list.append(one.node);
      number();
      if (focus) { one.box.input.focus(); announce(`${noun} ${rows.length} added.`); }
      return one;
    }
    function drop(one) {
      const place = rows.indexOf(one);
      one.box.close();
      rows.splice(place, 1);
      one.node.remove();
      number();
      (rows[Math.min(place, rows.length - 1)]?.box.input ?? add).focus();
      announce(`${noun} ${place + 1} removed.`);
      touch(true);
    }
    add.addEventListener("click", () => push(true));
    return {
      all: () => rows,
      filled: () => rows.filter((one) => one.box.input.value.trim()),
      write(values) {
        rows.forEach((one) => one.box.close());
        rows = [];
        list.replaceChildren();
        values.forEach((value) => {
          const one = push(false);
          one.box.input.value = value.code ?? "";
          if (one.poa) one.poa.value = POA.some(([known]) => known === value.poa) ? value.poa : "";
          if (one.date) one.date.value = value.date ?? "";
        });
        number();
      },
    };
  }

  const principal = row("principal", "principal diagnosis");
  principal.label.textContent = "Principal diagnosis";
  principal.extraLabel.textContent = "POA of the principal diagnosis";
  const otherList = h("ol", { class: "mc-codes", "data-mc": "others" });
  const procedureList = h("ol", { class: "mc-codes", "data-mc": "procedures" });
  const addOther = h("button", { type: "button", "data-mc": "add-other" }, "Add a diagnosis");
  const addProcedure = h("button", { type: "button", "data-mc": "add-procedure" }, "Add a procedure");
  const others = rowsOf("other", "Other diagnosis", otherList, addOther, view.others);
  const procedures = rowsOf("procedure", "Procedure", procedureList, addProcedure, view.procedures);
  const discharge = view.ask_discharge ? h("input", { type: "text", id: `${uid}-discharge`, "data-mc": "discharge", maxlength: "2", inputmode: "numeric", autocomplete: "off", oninput: () => touch(false), onchange: () => touch(true) }) : null;
  const radios = view.query.map((option) => h("input", { type: "radio", name: `${uid}-query`, value: option.id, "data-mc": "query-input", onchange: () => touch(true) }));
  const panel = practice ? h("p", { class: "mc-live-drg", "data-mc": "live-drg", "aria-live": "polite" }) : null;

  const read = () => ({
    principal: { code: principal.box.input.value.trim(), poa: principal.poa.value },
    others: others.filled().map((one) => ({ code: one.box.input.value.trim(), poa: one.poa.value })),
    procedures: procedures.filled().map((one) => ({ code: one.box.input.value.trim(), date: one.date?.value.trim() ?? "" })),
    discharge: discharge?.value.trim() ?? "",
    query: radios.find((radio) => radio.checked)?.value ?? "",
  });

  let pause;
  function live() {
    if (!panel) return;
    clearTimeout(pause);
    pause = setTimeout(() => ask("live", { answer: read() }, (reply) => { panel.textContent = reply.text; }), 400);
  }

  const node = h("div", { class: "mc-form", "data-mc": "form", role: "group", "aria-labelledby": `${uid}-title`, "aria-describedby": `${uid}-question` },
    h("fieldset", {}, h("legend", {}, "Diagnoses"),
      h("p", { class: "mc-help" }, `${item.search ? "Type a code, or words to search for it. " : ""}POA is left blank for codes that are exempt from it.`),
      principal.node, otherList, addOther),
    h("fieldset", {}, h("legend", {}, "Procedures"), procedureList, addProcedure),
    discharge ? h("fieldset", {}, h("legend", {}, "Discharge"), h("label", { for: discharge.id, class: "mc-small" }, "Patient discharge status, two digits"), h("div", { class: "mc-number-field" }, discharge)) : null,
    radios.length ? h("fieldset", {}, h("legend", {}, "Must the provider be asked?"),
      ...view.query.map((option, place) => h("label", { class: "mc-option" }, radios[place], h("span", { html: option.html })))) : null,
    panel ? h("section", { class: "mc-live", "aria-label": "What your abstract is grouped to" }, h("p", { class: "mc-label" }, "Your abstract so far"), panel) : null);

  return {
    node,
    read,
    write(answer) {
      principal.box.input.value = answer.principal?.code ?? "";
      principal.poa.value = POA.some(([known]) => known === answer.principal?.poa) ? answer.principal.poa : "";
      others.write(answer.others?.length ? answer.others : [{}]);
      procedures.write(answer.procedures?.length ? answer.procedures : [{}]);
      if (discharge) discharge.value = answer.discharge ?? "";
      radios.forEach((radio) => { radio.checked = radio.value === answer.query; });
      live();
    },
    hints(hints) {
      const [first, ...rest] = hints.diagnoses ?? [];
      principal.box.hint(first);
      let next = 0;
      others.all().forEach((one) => one.box.hint(one.box.input.value.trim() ? rest[next++] : undefined));
      next = 0;
      procedures.all().forEach((one) => one.box.hint(one.box.input.value.trim() ? (hints.procedures ?? [])[next++] : undefined));
    },
    first: () => principal.box.input,
  };
}

export default mount(stay);
