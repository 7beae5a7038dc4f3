const LAST = "data-mc-last";

/** Remembers the code field that was focused last, on the whole page: each form is a module of its own. */
export function rememberField(input) {
  document.querySelectorAll(`[${LAST}]`).forEach((one) => one.removeAttribute(LAST));
  input.setAttribute(LAST, "");
}

/** Copies a code to the clipboard, and into the last focused code field of its book; `said` is told what was done. */
export function copyCode(code, book, said) {
  const field = document.querySelector(`[${LAST}]`);
  const there = field && field.dataset.book === book && field.isConnected;
  if (there) field.dispatchEvent(new CustomEvent("medcoding:code", { detail: { code } }));
  const where = there ? ` and put into ${field.labels?.[0]?.textContent.trim() || "the field"} of “${exerciseOf(field)}”` : "";
  write(code).then(
    () => said(`${code} copied${where}.`),
    () => said(there ? `${code}${where.replace(" and", "")}.` : `${code} could not be copied: select it and press Ctrl+C.`),
  );
}

function exerciseOf(field) {
  return field.closest('[data-mc="exercise"]')?.querySelector('[data-mc="title"]')?.textContent ?? "an exercise";
}

/** The clipboard needs a secure page; elsewhere the older way is tried. */
function write(text) {
  if (navigator.clipboard?.writeText) return navigator.clipboard.writeText(text).catch(() => writeByHand(text));
  return writeByHand(text);
}

function writeByHand(text) {
  const before = document.activeElement;
  const box = document.createElement("textarea");
  box.value = text;
  box.style.cssText = "position: fixed; opacity: 0";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus?.({ preventScroll: true });
  return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
}
