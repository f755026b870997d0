"use strict";
{
  const root = document.documentElement;
  const title = document.querySelector("title");
  const languages = document.querySelector(".languages");
  const buttons = [...languages.querySelectorAll("button")];

  const show = (lang) => {
    root.lang = lang;
    title.textContent = title.dataset[lang];
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === lang));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.lang));
  languages.hidden = false;
  const asked = new URLSearchParams(location.search).get("lang");
  if (buttons.some((button) => button.lang === asked)) show(asked);

  // What a row is sorted by: the cell's number, or its text in the language shown.
  const key = (row, column) => {
    const cell = row.cells[column];
    const order = Number(cell.dataset.order);
    return "order" in cell.dataset && !Number.isNaN(order) ? order : cell.innerText.trim();
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), root.lang);

  const sort = (table, head, column) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, column), row]);
    rows.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      return up ? compare(a, b) : compare(b, a);
    });
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  }
}
