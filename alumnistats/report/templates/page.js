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

  // Pictures as files: the drawing itself, or drawn anew at four dots a point.
  const DOTS = 4;
  const save = (address, name) => {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  };
  const painted = (image) => {
    const canvas = document.createElement("canvas");
    canvas.width = DOTS * image.naturalWidth;
    canvas.height = DOTS * image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  };
  for (const files of document.querySelectorAll(".files")) {
    const figure = files.closest("figure");
    const data = files.querySelector("a");
    const listed = document.querySelector(`${data.hash} a`);
    data.href = listed.href;
    data.download = listed.download;
    for (const form of ["PNG", "SVG"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = form;
      button.setAttribute("aria-describedby", figure.getAttribute("aria-labelledby"));
      button.addEventListener("click", () => {
        const image = figure.querySelector(`img.wide[lang=${root.lang}]`);
        const address = form === "SVG" ? image.src : painted(image);
        save(address, `${files.dataset.name}.${form.toLowerCase()}`);
      });
      data.before(button, " ");
    }
  }
}
