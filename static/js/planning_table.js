/* Coverage: the tables. They are sorted by the column that is pressed, and a row and its place on the map light up
   together. Without script they stand in the order of codes, or of need. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var KINDS = ["town", "gap", "station", "site", "offer"];
  var ROWS = KINDS.map(function (kind) { return "tr[data-" + kind + "], li[data-" + kind + "]"; }).join(", ");

  // Sorting

  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.n === undefined ? cell.textContent.trim() : Number(cell.dataset.n);
  }

  function compare(a, b) {
    return typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang);
  }

  function order(table, column, next) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    heads[column].setAttribute("aria-sort", next);
    var sign = next === "ascending" ? 1 : -1;
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row, place) { return { row: row, key: value(row, column), place: place }; })
      .sort(function (a, b) { return sign * compare(a.key, b.key) || a.place - b.place; })
      .forEach(function (one) { body.appendChild(one.row); });
  }

  function press(button) {
    var head = button.parentNode;
    var table = head.closest("table");
    var now = head.getAttribute("aria-sort");
    // Numbers begin with the largest, names with the first of the alphabet.
    var first = head.classList.contains("n") ? "descending" : "ascending";
    var next = now === null ? first : now === "ascending" ? "descending" : "ascending";
    order(table, head.cellIndex, next);
    plan.view("sort", table.dataset.sorts + "." + head.cellIndex + (next === "ascending" ? "" : ".d"));
  }

  function prepare() {
    document.querySelectorAll("table.sortable").forEach(function (table) {
      if (table.dataset.ready) { return; }
      table.dataset.ready = "1";
      Array.from(table.tHead.rows[0].cells).forEach(function (head) {
        if (!head.textContent.trim() || head.hasAttribute("data-plain")) { return; }
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) { button.appendChild(head.firstChild); }
        head.appendChild(button);
      });
      var kept = (plan.view("sort") || "").split(".");
      if (kept[0] === table.dataset.sorts && table.tHead.rows[0].cells[kept[1]]) {
        order(table, Number(kept[1]), kept[2] ? "descending" : "ascending");
      }
    });
  }

  document.addEventListener("click", function (click) {
    var button = click.target.closest && click.target.closest("table.sortable thead button");
    if (button) { press(button); }
  });

  // A row and its place

  function pointed(node) {
    var row = node && node.closest ? node.closest(ROWS) : null;
    if (!row) { return null; }
    var kind = KINDS.filter(function (one) { return row.dataset[one] !== undefined; })[0];
    return { kind: kind, at: row.dataset[kind], row: row };
  }

  var last = null;
  function point(event) {
    var one = pointed(event.target);
    var row = one && one.row;
    if (row === last) { return; }
    last = row;
    plan.tell("light", one ? { kind: one.kind, at: one.at, from: "table" } : { from: "table" });
  }
  document.addEventListener("mouseover", point);
  document.addEventListener("focusin", point);

  document.addEventListener("click", function (click) {
    var one = pointed(click.target);
    if (!one || click.defaultPrevented) { return; }
    var control = click.target.closest("a, button, summary");
    // The name is a link to the map, for those who have no mouse; any other control does what it says.
    if (control && !control.classList.contains("place")) { return; }
    click.preventDefault();
    plan.tell("light", { kind: one.kind, at: one.at, from: "table", chosen: true });
  }, true);

  plan.on("light", function (what) {
    document.querySelectorAll("tr.lit, li.lit").forEach(function (row) { row.classList.remove("lit"); });
    if (!what.kind) { return; }
    document.querySelectorAll("tr[data-" + what.kind + "], li[data-" + what.kind + "]").forEach(function (row) {
      if (row.dataset[what.kind] !== String(what.at)) { return; }
      row.classList.add("lit");
      if (what.from === "map" && what.chosen) { row.scrollIntoView({ block: "nearest" }); }
    });
  });

  // Figures that follow a drag

  plan.on("answer", function (body) {
    var rows = {};
    document.querySelectorAll("#townships tr[data-town]").forEach(function (row) { rows[row.dataset.town] = row; });
    body.townships.concat([body.total]).forEach(function (one) {
      var row = rows[one.at];
      if (!row) { return; }
      Object.keys(one.said).forEach(function (name) {
        var cell = row.querySelector("[data-said=\"" + name + "\"]");
        if (!cell) { return; }
        cell.textContent = one.said[name];
        if (cell.parentNode.dataset.n !== undefined) { cell.parentNode.dataset.n = one[name === "share" ? "share" : name] || 0; }
      });
      var bar = row.querySelector(".meter rect:last-child");
      if (bar) { bar.setAttribute("width", Math.round(1000 * (one.share || 0)) / 10); }
    });
  });

  plan.on("page", prepare);
  prepare();
})();
