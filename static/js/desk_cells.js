/* Edits in place: a cell of the list becomes a field when it is pressed. Arrows move between cells, Enter opens and
   writes, Escape leaves it as it is. Without this script the link of the row leads to the form. */
(function () {
  "use strict";

  var table = document.getElementById("roll");
  var box = document.getElementById("cells");
  var offered = document.getElementById("cell-options");
  if (!table || !box || !window.fetch) { return; }
  var words = box.dataset;
  var choices = offered ? JSON.parse(offered.textContent) : {};
  var token = words.token;
  var says = document.createElement("p");
  var NONE = "—";
  says.className = "unseen";
  says.setAttribute("role", "status");
  table.parentNode.appendChild(says);

  function part(tag, name, text) {
    var one = document.createElement(tag);
    if (name) { one.className = name; }
    if (text) { one.textContent = text; }
    return one;
  }

  function button(name, text) {
    var one = part("button", name, text);
    one.type = "button";
    return one;
  }

  // The cells

  function dress(cell) {
    var shown = cell.dataset.shown || NONE;
    var named = cell.dataset.field === "name";
    cell.textContent = named ? "✎" : shown;
    cell.setAttribute("aria-label", words[cell.dataset.field] + " " + (named ? cell.dataset.value : shown) + " — " + words.edit);
  }

  function made(row, field, value, shown) {
    var cell = button("cell");
    cell.dataset.field = field;
    cell.dataset.value = value;
    cell.dataset.shown = shown;
    cell.tabIndex = -1;
    dress(cell);
    return cell;
  }

  [].forEach.call(table.querySelectorAll("tbody tr[data-cell]"), function (row) {
    [].forEach.call(row.querySelectorAll("span.cell"), function (span) {
      var shown = span.textContent === NONE ? "" : span.textContent;
      span.parentNode.replaceChild(made(row, span.dataset.field, span.dataset.value, shown), span);
    });
    var link = row.querySelector("th a");
    var line = part("span", "name-line");
    link.parentNode.insertBefore(line, link);
    line.appendChild(link);
    line.appendChild(made(row, "name", link.textContent, link.textContent));
  });

  var cells = [].slice.call(table.querySelectorAll("button.cell"));
  if (!cells.length) { return; }
  cells[0].tabIndex = 0;
  if (document.getElementById("keys")) { document.getElementById("keys").hidden = false; }

  function go(cell) {
    if (!cell) { return; }
    [].forEach.call(table.querySelectorAll("button.cell[tabindex='0']"), function (one) { one.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus();
  }

  function beside(cell, across, down) {
    var row = cell.closest("tr");
    if (across) {
      var mine = [].slice.call(row.querySelectorAll("button.cell"));
      return mine[mine.indexOf(cell) + across];
    }
    do { row = down > 0 ? row.nextElementSibling : row.previousElementSibling; } while (row && !row.dataset.cell);
    return row && row.querySelector("button.cell[data-field='" + cell.dataset.field + "']");
  }

  var MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  table.addEventListener("keydown", function (event) {
    var cell = event.target;
    if (!cell.classList.contains("cell") || cell.tagName !== "BUTTON" || event.altKey || event.ctrlKey || event.metaKey) { return; }
    var move = MOVES[event.key];
    if (move) {
      event.preventDefault();
      go(beside(cell, move[0], move[1]));
    }
  });

  // One that is open

  function field(cell) {
    var choice = choices[cell.dataset.field];
    var one = document.createElement(choice ? "select" : "input");
    if (choice) {
      choice.forEach(function (pair) {
        var option = part("option", "", pair[1] || words.unknown);
        option.value = pair[0];
        one.appendChild(option);
      });
    } else {
      one.type = "text";
      one.autocomplete = "off";
    }
    one.value = cell.dataset.value;
    one.setAttribute("aria-label", words[cell.dataset.field]);
    return one;
  }

  function open(cell) {
    var row = cell.closest("tr");
    var holder = cell.closest("td, th");
    var place = part("div", "in-place");
    var input = field(cell);
    var line = part("p", "wrong-here");
    var save = button("quiet", words.save);
    var leave = button("quiet", words.leave);
    var buttons = part("div", "row");
    var busy = false;
    line.setAttribute("role", "alert");
    line.hidden = true;
    buttons.appendChild(save);
    buttons.appendChild(leave);
    [input, line, buttons].forEach(function (one) { place.appendChild(one); });
    cell.hidden = true;
    holder.classList.add("editing");
    cell.parentNode.insertBefore(place, cell.nextSibling);
    input.focus();
    if (input.select) { input.select(); }

    function close() {
      place.parentNode.removeChild(place);
      holder.classList.remove("editing");
      cell.hidden = false;
      go(cell);
    }

    function wrong(text) {
      line.hidden = false;
      line.textContent = text;
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }

    function take(body) {
      row.dataset.seen = body.seen;
      cell.dataset.value = body.value;
      cell.dataset.shown = body.shown;
      dress(cell);
      if (cell.dataset.field === "name") { row.querySelector("th a").textContent = body.value; }
      if (cell.dataset.field === "status") { holder.className = "editing state-" + body.value; }
    }

    function answered(status, body) {
      if (status === 200) {
        take(body);
        says.textContent = body.outcome === "saved" ? words.saved : words.nothing;
        if (body.outcome === "saved") { row.classList.add("written"); }
        close();
      } else if (status === 409) {
        take(body);
        wrong(words.clash.replace("{who}", body.who).replace("{changes}", body.changes.join("; ")));
      } else if (status === 401 || status === 403) {
        wrong(words.out);
        fetch("/api/token", { credentials: "same-origin" }).then(function (answer) { return answer.json(); })
          .then(function (said) { token = said.token; }).catch(function () { /* the next press says so again */ });
      } else {
        wrong(body.fault || (body.error && body.error.message) || words.offline);
      }
    }

    function send() {
      if (busy) { return; }
      busy = true;
      var fields = { csrf_token: token, seen: row.dataset.seen, field: cell.dataset.field, value: input.value };
      var body = Object.keys(fields).map(function (name) { return name + "=" + encodeURIComponent(fields[name]); }).join("&");
      fetch(row.dataset.cell, {
        method: "POST", credentials: "same-origin", body: body,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json" }
      }).then(function (answer) {
        return answer.json().then(function (said) { busy = false; answered(answer.status, said); });
      }).catch(function () {
        busy = false;
        wrong(words.offline);
      });
    }

    save.addEventListener("click", send);
    leave.addEventListener("click", close);
    place.addEventListener("keydown", function (event) {
      if (event.isComposing || event.keyCode === 229) { return; }
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && event.target === input) {
        event.preventDefault();
        send();
      }
    });
    place.isChanged = function () { return input.value !== cell.dataset.value; };
  }

  table.addEventListener("click", function (event) {
    var cell = event.target.closest ? event.target.closest("button.cell") : null;
    if (cell) { open(cell); }
  });

  window.addEventListener("beforeunload", function (event) {
    var typed = [].some.call(table.querySelectorAll(".in-place"), function (one) { return one.isChanged(); });
    if (typed) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
})();
