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
    var wrong = {};
    var said = document.getElementById(key + "-said");

    function field(row, part) { return form.elements[key + "." + row + "." + part]; }

    function tell(what) {
      said.textContent = "";
      window.setTimeout(function () { said.textContent = what; }, 50);
    }

    // Whether a row has been changed since it was sent.
    function changedSince(sent, row) {
      return PARTS.some(function (part) { return field(row, part).value !== sent.get(key + "." + row + "." + part); });
    }

    // What was typed into a row after it was sent stays in it.
    function fill(week, sent) {
      Object.keys(week.rows).forEach(function (row) {
        var now = week.rows[row];
        if (changedSince(sent, row)) { return; }
        delete wrong[key + "." + row];
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
        delete wrong[key + "." + day];
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
      delete wrong[event.target.name.split(".").slice(0, 2).join(".")];
      said.textContent = "";
    });

    // What is wrong in a row stays said, also after answers to what was typed elsewhere, until that row is changed.
    function keep(faults, pressed, sent) {
      if (pressed && pressed.split(":")[0] === key) {
        wrong = {};
        DAYS.concat("ph").forEach(function (row) {
          var name = key + "." + row;
          if (faults[name] && !changedSince(sent, row)) { wrong[name] = faults[name]; } else { delete faults[name]; }
        });
      } else {
        Object.keys(wrong).forEach(function (name) { faults[name] = wrong[name]; });
      }
    }

    // The answer to what was typed or pressed: a phrase goes into the hours, and hours that were typed go into the rows,
    // but neither over what was typed after it was asked.
    function show(answer, pressed, sent, typed) {
      var mine = pressed && pressed.split(":")[0] === key;
      var same = hours.value === sent.get(box.dataset.field);
      if (mine && answer.phrase !== null && same) {
        var put = answer.phrase !== hours.value;
        hours.value = answer.phrase;
        fill(answer[key], sent);
        if (put) { changed(hours); }
        tell(said.dataset.put);
      } else if (hours.value !== shown && same && !answer.faults[box.dataset.field]) {
        fill(answer[key], sent);
      }
      // What is wrong stands at its day, which may be far above what was pressed. Who types on already is not called away.
      var first = mine && DAYS.concat("ph").filter(function (row) { return answer.faults[key + "." + row]; })[0];
      if (first) {
        said.textContent = "";
        if (!typed) { field(first, "way").focus(); }
      }
    }

    return { keep: keep, show: show };
  }

  var weeks = boxes.map(byTheWeek);

  yizhan.keepWrong = function (faults, pressed, sent) {
    weeks.forEach(function (week) { week.keep(faults, pressed, sent); });
  };

  yizhan.showWeeks = function (answer, pressed, sent, typed) {
    weeks.forEach(function (week) { week.show(answer, pressed, sent, typed); });
  };
})();
