/* Hours by the week, with a script: rows are carried over and put into the hours without a new page. A form may hold
   several such weeks, each for a field of its own; data-key is what the names of its rows begin with. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var boxes = [].slice.call(document.querySelectorAll("details.by-week"));
  if (!boxes.length || !window.fetch) { return; }
  var PARTS = ["way", "from", "to", "from2", "to2"];
  var DAYS = ["mo", "tu", "we", "th", "fr", "sa", "su"];

  function changed(one) {
    var event = document.createEvent("Event");
    event.initEvent("input", true, false);
    one.dispatchEvent(event);
  }

  function byTheWeek(box) {
    var key = box.dataset.key;
    var form = box.querySelector("input").form;
    var hours = form.elements[box.dataset.field];
    var shown = hours.value;
    var said = document.getElementById(key + "-said");

    function field(row, part) { return form.elements[key + "." + row + "." + part]; }

    function tell(what) {
      said.textContent = "";
      window.setTimeout(function () { said.textContent = what; }, 50);
    }

    function fill(week) {
      Object.keys(week.rows).forEach(function (row) {
        var now = week.rows[row];
        field(row, "way").value = now.way;
        [now.spans[0][0], now.spans[0][1], now.spans[1][0], now.spans[1][1]].forEach(function (time, at) {
          field(row, PARTS[at + 1]).value = time;
        });
      });
      form.elements[key + ".was"].value = week.was;
      document.getElementById(key + "-beyond").hidden = !week.beyond;
      shown = hours.value;
    }

    function carry(row, days) {
      days.forEach(function (day) {
        PARTS.forEach(function (part) { field(day, part).value = field(row, part).value; });
      });
      changed(field(row, "way"));
      tell(said.dataset.carried);
    }

    box.addEventListener("click", function (event) {
      var button = event.target;
      while (button !== box && button.name !== "do") { button = button.parentNode; }
      if (button === box || navigator.onLine === false) { return; }
      var pressed = button.value.split(":");
      event.preventDefault();
      if (pressed.length === 3) {
        carry(pressed[1], pressed[2] === "days" ? DAYS : DAYS.slice(0, 5));
        return;
      }
      form.dispatchEvent(new CustomEvent("yizhan:put", { detail: button.value }));
    });

    // Who types a time means it, whatever was chosen before.
    box.addEventListener("input", function (event) {
      var row = event.target.type === "time" && event.target.value ? event.target.name.split(".")[1] : "";
      if (row) { field(row, "way").value = "times"; }
      said.textContent = "";
    });

    // The answer to what was typed or pressed: a phrase goes into the hours, and hours that were typed go into the rows,
    // but not those from before one typed on.
    return function (answer, pressed, sent) {
      var mine = pressed && pressed.split(":")[0] === key;
      if (mine && answer.phrase !== null) {
        var put = answer.phrase !== hours.value;
        hours.value = answer.phrase;
        fill(answer[key]);
        if (put) { changed(hours); }
        tell(said.dataset.put);
      } else if (hours.value !== shown && hours.value === sent.get(box.dataset.field) && !answer.faults[box.dataset.field]) {
        fill(answer[key]);
      }
      // What is wrong stands at its day, which may be far above what was pressed.
      var wrong = mine && DAYS.concat("ph").filter(function (row) { return answer.faults[key + "." + row]; })[0];
      if (wrong) {
        said.textContent = "";
        field(wrong, "way").focus();
      }
    };
  }

  var weeks = boxes.map(byTheWeek);

  yizhan.showWeeks = function (answer, pressed, sent) {
    weeks.forEach(function (show) { show(answer, pressed, sent); });
  };
})();
