/* The hours and dates of a new station while they are typed: what they mean, and what the week puts into them. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var form = document.getElementById("new");
  if (!form) { return; }
  var typed = yizhan.typed(form, "yizhan.desk." + form.dataset.who + ".new");
  form.addEventListener("input", typed.keep);
  form.addEventListener("yizhan:placed", typed.keep);
  var look = function () {};
  var sent = document.querySelector("#faults, #beside, #spots");
  var back = !sent && typed.giveBack(function () { look(); });
  if (!window.fetch || !yizhan.showWeeks) { return; }
  var WAIT_MS = 400;
  var words = form.dataset;
  var meant = document.getElementById("meant");
  var waiting = 0;
  var marked = [];

  function show(said) {
    marked.forEach(function (name) { yizhan.sayWrong(name, said.faults[name]); });
    marked = Object.keys(said.faults);
    marked.forEach(function (name) { yizhan.sayWrong(name, said.faults[name]); });
    meant.hidden = !said.hours.days.length && !form.elements.dates.value.trim();
    yizhan.drawHours(meant, said.hours, { closed: words.closed, comma: words.comma, week: words.week });
  }

  look = yizhan.asks(form, show, function (answered) {
    document.getElementById("week-said").textContent = answered ? words.refused : words.offline;
  });

  form.addEventListener("input", function (event) {
    if (event.target.name !== "hours" && event.target.name !== "dates" && !/^week\./.test(event.target.name)) { return; }
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, WAIT_MS);
  });

  form.addEventListener("yizhan:put", function (event) {
    window.clearTimeout(waiting);
    look(event.detail);
  });

  if (back) { look(); }
})();
