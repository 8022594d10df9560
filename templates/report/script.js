"use strict";
(() => {
  const table = document.getElementById("ledger-table");
  const find = document.getElementById("find");
  if (table && find) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    find.closest("p").hidden = false;
    find.addEventListener("input", () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach((row, at) => { row.hidden = !words.every((word) => texts[at].includes(word)); });
    });
    const value = (row, at) => {
      const figure = row.cells[at].querySelector("data");
      return figure ? Number(figure.value) : row.cells[at].textContent;
    };
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, at) => {
      const sort = () => {
        const numbers = head.classList.contains("n");
        const was = head.getAttribute("aria-sort");
        const down = was === "descending" ? false : was === "ascending" ? true : numbers;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = rows.map((row, place) => [value(row, at), place, row]);
        sorted.sort(([a, i], [b, j]) => {
          const order = numbers ? a - b : a < b ? -1 : a > b ? 1 : 0;
          return (down ? -order : order) || i - j;
        });
        body.append(...sorted.map((one) => one[2]));
      };
      head.tabIndex = 0;
      head.addEventListener("click", sort);
      head.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
      });
    });
  }
  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(folded());
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); });
  const links = new Map(Array.from(document.querySelectorAll("nav a"), (link) => [link.hash.slice(1), link]));
  if ("IntersectionObserver" in window) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const link = links.get(entry.target.id);
        if (link && entry.isIntersecting) {
          links.forEach((other) => other.removeAttribute("aria-current"));
          link.setAttribute("aria-current", "true");
        }
      }
    }, { rootMargin: "-10% 0px -80% 0px" });
    links.forEach((_, id) => { const part = document.getElementById(id); if (part) { seen.observe(part); } });
  }
})();
