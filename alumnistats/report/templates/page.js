"use strict";
{
  const root = document.documentElement;
  const title = document.querySelector("title");
  const languages = document.querySelector(".languages");
  const buttons = [...languages.querySelectorAll("button")];

  const show = (lang) => {
    root.lang = lang;
    title.textContent = title.dataset[lang];
    for (const option of document.querySelectorAll("option")) option.textContent = option.dataset[lang];
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

  // Other choices: the verdicts of the analysis that was computed with them.
  const explored = document.querySelector(".explore");
  if (explored) {
    const { codes, scenarios, verdicts, of } = JSON.parse(explored.querySelector("script").textContent);
    const controls = explored.querySelector(".choices");
    const table = document.getElementById("table-explore");
    const rows = [...table.tBodies[0].rows];
    const badges = explored.querySelector("template").content;
    const selects = [...controls.querySelectorAll("select")].sort((a, b) => a.dataset.choice - b.dataset.choice);
    const usual = selects.map((select) => select.selectedIndex);
    const part = (name) => controls.querySelector(`[data-part="${name}"]`);
    const columns = rows.map((row) => row.querySelector(".chosen"));

    // Every choice of a scenario: those of the base but for the pairs that are listed.
    const settings = scenarios.map((pairs) => {
      const values = [...usual];
      for (let i = 0; i < pairs.length; i += 2) values[pairs[i]] = pairs[i + 1];
      return values;
    });
    const distance = (a, b) => a.reduce((sum, value, i) => sum + (value !== b[i]), 0);
    const badge = (code) => badges.querySelector(`.${codes[code] ?? "none"}`).cloneNode(true);
    const both = (element) => ["en", "ja"].map((lang) => {
      const span = document.createElement("span");
      span.className = "t";
      span.lang = lang;
      span.textContent = element(lang);
      return span;
    });

    // Of the scenarios with what was chosen last, the one that leaves most of the rest as it is.
    const nearest = (wanted, last) => {
      const fits = [...settings.keys()].filter((i) => last === undefined || settings[i][last] === wanted[last]);
      return fits.reduce((best, i) =>
        distance(settings[i], wanted) < distance(settings[best], wanted) ? i : best);
    };

    const tell = (index, wanted) => {
      const now = settings[index];
      const moved = selects.filter((_, i) => now[i] !== wanted[i]);
      now.forEach((value, i) => { selects[i].selectedIndex = value; });
      part("set-back").hidden = moved.length === 0;
      const name = (select, lang) => select.labels[0].querySelector(`.name [lang=${lang}]`).textContent;
      part("set-back").querySelector(":scope > span:last-child").replaceChildren(...both((lang) => moved
        .map((select) => `${name(select, lang)} = ${select.selectedOptions[0].dataset[lang]}`)
        .join(lang === "ja" ? "、" : ", ")));
      const before = verdicts[of[0]];
      const after = verdicts[of[index]];
      const failed = [...after].every((code) => !(code in codes));
      const list = part("changes").querySelector("ul");
      list.replaceChildren();
      rows.forEach((row, i) => {
        const differs = after[i] !== before[i];
        row.classList.toggle("differs", differs);
        columns[i].replaceChildren(badge(after[i]));
        columns[i].dataset.order = Object.keys(codes).indexOf(after[i]);
        if (!differs || failed) return;
        const item = document.createElement("li");
        item.append(...[...row.cells[0].childNodes].map((node) => node.cloneNode(true)),
          " ", badge(before[i]), " → ", badge(after[i]));
        list.append(item);
      });
      part("failed").hidden = !failed;
      part("no-change").hidden = failed || list.children.length > 0;
      part("changes").hidden = list.children.length === 0;
    };
    const choose = (last) => {
      const wanted = selects.map((select) => select.selectedIndex);
      tell(nearest(wanted, last), wanted);
    };

    for (const element of table.querySelectorAll(".chosen")) element.hidden = false;
    selects.forEach((select, i) => select.addEventListener("change", () => choose(i)));
    controls.querySelector("button").addEventListener("click", () => tell(0, usual));
    controls.hidden = false;
    choose();
  }
}
