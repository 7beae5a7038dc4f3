"use strict";
const told = document.getElementById("told");
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const way = now ? (now === "ascending" ? "descending" : "ascending") : head.classList.contains("n") ? "descending" : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way);
      const value = (row) => row.cells[column].dataset.v;
      const rows = [...body.rows].sort((one, other) => {
        const [a, b] = [value(one), value(other)];
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
        const order = Number.isFinite(+a) && Number.isFinite(+b) ? a - b : a.localeCompare(b, "en");
        return way === "ascending" ? order : -order;
      });
      body.append(...rows);
      told.textContent = `${table.caption.textContent}: sorted by ${button.textContent}, ${way}.`;
    });
  });
}
