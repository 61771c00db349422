"use strict";
// Sorts tables by a press on a column's title, and filters the table of students.
(() => {
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y)
      ? String(a).localeCompare(String(b), undefined, { numeric: true })
      : x - y;
  };
  const sort = (table, header) => {
    const up = header.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort(
      (a, b) => (up ? 1 : -1) * compare(key(a, header.cellIndex), key(b, header.cellIndex)));
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.title = header.title;
      header.removeAttribute("title");
      header.append(button);
      button.addEventListener("click", () => sort(table, header));
    }
  }
  const form = document.getElementById("filter");
  const rows = [...document.querySelectorAll("#students tbody tr")];
  const [text, which] = form.elements;
  const shown = form.querySelector("output");
  const apply = () => {
    const typed = text.value.trim().toLocaleLowerCase();
    const [kind, claim] = which.value.split(" ");
    let count = 0;
    for (const row of rows) {
      const named = row.cells[0].textContent.toLocaleLowerCase().includes(typed);
      const fits =
        kind === "all" ||
        (kind === "mark" && row.dataset.mark === "yes") ||
        (kind === "missed" && row.cells[Number(claim)].dataset.value !== "0");
      row.hidden = !(named && fits);
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
})();
