/* Sorts the table of townships by the column that is pressed. Without script it stands in the order of codes. */
(function () {
  "use strict";

  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.n === undefined ? cell.textContent : Number(cell.dataset.n);
  }

  function compare(a, b) {
    return typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang);
  }

  function sort(table, column) {
    var heads = Array.from(table.tHead.rows[0].cells);
    var head = heads[column];
    var numbers = head.classList.contains("n");
    var now = head.getAttribute("aria-sort");
    // Numbers begin with the largest, names with the first of the alphabet.
    var next = now === null ? (numbers ? "descending" : "ascending") : now === "ascending" ? "descending" : "ascending";
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", next);
    var sign = next === "ascending" ? 1 : -1;
    var body = table.tBodies[0];
    Array.from(body.rows)
      .sort(function (a, b) { return sign * compare(value(a, column), value(b, column)); })
      .forEach(function (row) { body.appendChild(row); });
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", function () { sort(table, column); });
      head.textContent = "";
      head.appendChild(button);
    });
  });
})();
