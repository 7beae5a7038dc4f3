import { h, mount } from "./base.js";

/* Selectors: order-list, order-item (data-entry, data-place), grab, up, down, keep, clear. */

/** A list to bring into order: by buttons, by a grabbed item and arrow keys, or by dragging. */
function order({ item, uid, changed, announce, cleanup }) {
  const { items } = item.view;
  let touched = false;
  let grabbed = null; // {row, from}: the item that arrow keys move, and where it was
  let dragged = false;
  let stop = () => {};
  const list = h("ol", { class: "mc-order", "data-mc": "order-list", "aria-label": "The list, first to last" });
  const shown = items.map(makeRow);
  let rows = [...shown];

  function makeRow(entry) {
    const row = { entry };
    row.number = h("span", { class: "mc-number", "aria-hidden": "true" });
    row.where = h("span", { class: "mc-hidden" });
    row.grab = h("button", {
      type: "button", class: "mc-grab", "data-mc": "grab", "aria-pressed": "false", "aria-describedby": `${uid}-how`,
      onclick: () => { if (dragged) dragged = false; else toggle(row); },
      onkeydown: (event) => onKey(event, row),
      onblur: () => { if (grabbed?.row === row) drop(); },
      onpointerdown: (event) => startDrag(event, row),
    }, h("span", { class: "mc-grip", "aria-hidden": "true" }, "⠿"), row.number, h("span", { html: entry.html }), row.where);
    row.up = h("button", { type: "button", class: "mc-icon", "data-mc": "up", onclick: () => step(row, -1, row.up) }, "↑");
    row.down = h("button", { type: "button", class: "mc-icon", "data-mc": "down", onclick: () => step(row, 1, row.down) }, "↓");
    row.up.setAttribute("aria-label", `Move up: ${entry.text}`);
    row.down.setAttribute("aria-label", `Move down: ${entry.text}`);
    row.node = h("li", { class: "mc-order-item", "data-mc": "order-item", "data-entry": entry.id },
      row.grab, h("span", { class: "mc-buttons" }, row.up, row.down));
    return row;
  }

  /** Draws the list in its order. The row that has the focus stays in the page, so that it keeps it. */
  function draw(stays) {
    if (stays && stays.node.parentNode === list) {
      const place = rows.indexOf(stays);
      rows.slice(0, place).forEach((row) => list.insertBefore(row.node, stays.node));
      rows.slice(place + 1).forEach((row) => list.append(row.node));
    } else list.replaceChildren(...rows.map((row) => row.node));
    rows.forEach((row, place) => {
      row.node.dataset.place = String(place + 1);
      row.number.textContent = `${place + 1}.`;
      row.where.textContent = `, ${place + 1} of ${rows.length}`;
      row.up.setAttribute("aria-disabled", String(place === 0));
      row.down.setAttribute("aria-disabled", String(place === rows.length - 1));
    });
    keep.hidden = touched;
    clear.hidden = !touched;
  }

  const place = (row) => `${row.entry.text}: ${rows.indexOf(row) + 1} of ${rows.length}.`;

  function put(row, to) {
    rows.splice(rows.indexOf(row), 1);
    rows.splice(to, 0, row);
    touched = true;
    draw(row);
  }

  function step(row, by, focus) {
    const to = rows.indexOf(row) + by;
    if (to < 0 || to >= rows.length) { announce(by < 0 ? "Already first." : "Already last."); return; }
    put(row, to);
    focus.focus();
    announce(place(row));
    if (!grabbed) changed(true);
  }

  function toggle(row) {
    if (grabbed?.row === row) { drop(); return; }
    if (grabbed) drop();
    grabbed = { row, from: [...rows], touched };
    mark(row, true);
    announce(`Grabbed. ${place(row)} Arrow keys move it, Space drops it, Escape puts it back.`);
  }

  function mark(row, on) {
    row.grab.setAttribute("aria-pressed", String(on));
    row.node.classList.toggle("mc-grabbed", on);
  }

  function drop() {
    const { row } = grabbed;
    grabbed = null;
    mark(row, false);
    announce(`Dropped. ${place(row)}`);
    changed(true);
  }

  function putBack() {
    const { row } = grabbed;
    ({ from: rows, touched } = grabbed);
    grabbed = null;
    mark(row, false);
    draw(row);
    announce(`Put back. ${place(row)}`);
  }

  function onKey(event, row) {
    if (event.key === "Escape" && grabbed) {
      event.preventDefault();
      event.stopPropagation();
      putBack();
    }
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    if (grabbed?.row === row) step(row, by, row.grab);
    else rows[rows.indexOf(row) + by]?.grab.focus();
  }

  /** A pointer that goes further than a click does drags the item; a finger only by its grip, so that the page still scrolls. */
  function startDrag(event, row) {
    if (event.button !== 0 || (event.pointerType === "touch" && !event.target.closest(".mc-grip"))) return;
    stop();
    dragged = false;
    const before = rows.indexOf(row);
    const move = (now) => {
      if (!dragged && Math.abs(now.clientY - event.clientY) < 5) return;
      dragged = true;
      if (grabbed) drop();
      row.node.classList.add("mc-grabbed");
      now.preventDefault();
      const others = rows.filter((other) => other !== row);
      const to = others.filter((other) => { const box = other.node.getBoundingClientRect(); return now.clientY > box.top + box.height / 2; }).length;
      if (to !== rows.indexOf(row)) put(row, to);
    };
    const end = () => {
      stop();
      row.node.classList.remove("mc-grabbed");
      if (!dragged) return;
      setTimeout(() => { dragged = false; }, 0); // after the click that may follow
      if (rows.indexOf(row) !== before) { announce(place(row)); changed(true); }
    };
    stop = () => {
      document.removeEventListener("pointermove", move, true);
      document.removeEventListener("pointerup", end, true);
      document.removeEventListener("pointercancel", end, true);
      stop = () => {};
    };
    document.addEventListener("pointermove", move, true);
    document.addEventListener("pointerup", end, true);
    document.addEventListener("pointercancel", end, true);
  }
  cleanup(() => stop());

  const keep = h("button", {
    type: "button", class: "mc-quiet", "data-mc": "keep",
    onclick: () => { touched = true; draw(); changed(true); announce("This order is now your answer."); clear.focus(); },
  }, "Keep this order as my answer");
  const clear = h("button", {
    type: "button", class: "mc-quiet", "data-mc": "clear", hidden: true,
    onclick: () => { touched = false; rows = [...shown]; draw(); changed(true); announce("The list is as it was at first, and not answered."); keep.focus(); },
  }, "Start over");
  const node = h("fieldset", { class: "mc-form", "data-mc": "form", "aria-describedby": `${uid}-question` },
    h("legend", {}, "Bring into order, first to last"),
    h("p", { class: "mc-help", id: `${uid}-how` }, "Use the arrows, or drag. With the keyboard: Space grabs an item, arrow keys move it, Space drops it."),
    list, keep, clear);
  draw();
  return {
    node,
    read: () => ({ order: touched ? rows.map((row) => row.entry.id) : [] }),
    write(answer) {
      const given = answer.order ?? [];
      const at = (row) => { const found = given.indexOf(row.entry.id); return found < 0 ? given.length : found; };
      touched = given.length > 0;
      rows = [...shown].sort((one, other) => at(one) - at(other));
      if (grabbed) mark(grabbed.row, false);
      grabbed = null;
      draw();
    },
    first: () => rows[0].grab,
  };
}

export default mount(order);
