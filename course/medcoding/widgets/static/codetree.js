import { h } from "./base.js";

/**
 * The place of a code in the book, as a tree: everything above it, what stands beside it, what stands below (ARIA tree).
 *
 * desk: open(code), below(name, then). Rows of chapters and blocks open and close; codes lead to their pages.
 */
export function codeTree(page, desk) {
  const tree = h("ul", { class: "mc-tree", role: "tree", "aria-label": `Where ${page.code} stands`, "data-mc": "tree", onkeydown: keydown });
  const roots = grow(page);
  let focused = null;

  function rows() {
    const found = [];
    const walk = (nodes, level) => nodes.forEach((node, place) => {
      found.push({ node, level, place: place + 1, size: nodes.length });
      if (node.open && node.children) walk(node.children, level + 1);
    });
    walk(roots, 1);
    return found;
  }

  function draw(focus) {
    const shown = rows();
    const target = focus ?? focused ?? shown.find(({ node }) => node.here)?.node ?? shown[0]?.node;
    tree.replaceChildren(...shown.map(({ node, level, place, size }) => {
      const row = h("li", {
        role: "treeitem", "aria-level": level, "aria-posinset": place, "aria-setsize": size, "aria-expanded": node.opens ? String(Boolean(node.open)) : null,
        "aria-current": node.here ? "true" : null, "aria-selected": node.here ? "true" : "false", tabindex: node === target ? "0" : "-1",
        "data-mc": "tree-row", "data-code": node.name, style: `--mc-level: ${level - 1}`,
        onclick: () => act(node), onfocus: () => { focused = node; },
      },
      h("span", { class: "mc-twist", "aria-hidden": "true", onclick: (event) => { event.stopPropagation(); turn(node); } }, node.opens ? (node.open && !node.partial ? "▾" : "▸") : "·"),
      h("span", { class: "mc-code" }, node.label), h("span", { class: "mc-tree-title" }, node.title),
      node.severity ? h("span", { class: "mc-chip", "data-kind": "weight" }, node.severity) : null);
      node.row = row;
      return row;
    }));
    if (focus) focus.row.focus();
  }

  /** Opens or closes a node; one that shows only the way to this code is filled first. */
  function turn(node, wanted = node.partial ? true : !node.open) {
    if (!node.opens || (node.open === wanted && !node.partial)) return;
    if (!wanted || (node.children && !node.partial)) { node.open = wanted; draw(node); return; }
    desk.below(node.name, (entries) => {
      const known = new Map((node.children ?? []).map((child) => [child.name, child]));
      node.children = entries.map((entry) => known.get(entry.code) ?? leaf(entry, node));
      node.partial = false;
      node.open = true;
      draw(node);
    });
  }

  function act(node) {
    focused = node;
    if (["chapter", "block"].includes(node.kind)) turn(node);
    else if (node.name !== page.code) desk.open(node.name);
  }

  function keydown(event) {
    const shown = rows();
    const at = shown.findIndex(({ node }) => node.row === event.target);
    if (at < 0) return;
    const { node } = shown[at];
    const go = (place) => { shown[Math.max(0, Math.min(shown.length - 1, place))].node.row.focus(); };
    const move = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(shown.length - 1),
      ArrowRight: () => { if (node.opens && (!node.open || node.partial)) turn(node, true); else if (node.open) go(at + 1); },
      ArrowLeft: () => { if (node.open && node.opens) turn(node, false); else if (node.parent) node.parent.row.focus(); },
      Enter: () => act(node),
      " ": () => act(node),
    }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    shown.forEach((one) => one.node.row.setAttribute("tabindex", "-1"));
    move();
    (focused ?? node).row.setAttribute("tabindex", "0");
  }

  draw();
  return tree;
}

function leaf(entry, parent) {
  const named = { chapter: `Chapter ${entry.code}` }[entry.kind] ?? entry.code;
  return {
    name: entry.code, label: named, title: entry.title, kind: entry.kind, opens: entry.opens, open: false, children: null, partial: false,
    severity: entry.severity, parent, here: false,
  };
}

/** The nodes to begin with: the way down to the code, its neighbours, and what is below it. */
function grow(page) {
  const roots = [];
  let parent = null;
  for (const step of page.trail) {
    const node = leaf({ code: step.name, title: step.title, kind: step.kind, opens: true, severity: "" }, parent);
    Object.assign(node, { open: true, partial: true, children: [] });
    (parent ? parent.children : roots).push(node);
    parent = node;
  }
  const beside = page.siblings.length ? page.siblings : [];
  const own = beside.find((entry) => entry.code === page.code);
  const entries = own ? beside : [...beside, { code: page.code, title: page.title, kind: "code", opens: page.children.length > 0, severity: "" }];
  const nodes = entries.map((entry) => leaf(entry, parent));
  const here = nodes.find((node) => node.name === page.code);
  here.here = true;
  if (page.children.length) {
    here.opens = here.open = true;
    here.children = page.children.map((entry) => leaf(entry, here));
  } else if (page.seventh) here.opens = false;
  if (parent) {
    parent.children = nodes;
    parent.partial = !page.siblings.length;
  } else roots.push(...nodes);
  return roots;
}
