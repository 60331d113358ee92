/* A form while it is typed: what is asked of the house, what is wrong said where it stands, and the week that hours make,
   drawn as the page draws it. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var SVG = "http://www.w3.org/2000/svg";

  function element(tag, name, text) {
    var one = document.createElement(tag);
    if (name) { one.className = name; }
    if (text) { one.textContent = text; }
    return one;
  }

  function bars(day) {
    var picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", "0 0 1440 20");
    picture.setAttribute("preserveAspectRatio", "none");
    picture.setAttribute("focusable", "false");
    day.bars.forEach(function (bar) {
      var rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", bar.way);
      rect.setAttribute("x", bar.start);
      rect.setAttribute("y", 0);
      rect.setAttribute("width", bar.length);
      rect.setAttribute("height", 20);
      picture.appendChild(rect);
    });
    return picture;
  }

  function row(day, words) {
    var line = element("tr");
    var head = element("th", "", day.weekday + " ");
    head.scope = "row";
    head.appendChild(element("small", "", day.date));
    var drawn = element("td", "drawn");
    drawn.setAttribute("aria-hidden", "true");
    drawn.appendChild(bars(day));
    var spans = element("td", "spans", day.spans.join(words.comma) || words.closed);
    if (day.note) {
      spans.appendChild(document.createTextNode(" "));
      spans.appendChild(element("small", "", day.note));
    }
    [head, drawn, spans].forEach(function (cell) { line.appendChild(cell); });
    return line;
  }

  // Gives what asks the house for the meaning of a form, perhaps with a button that was pressed. Of several answers the
  // one to the last question counts; but whatever was pressed is answered, one after the other, before what was typed
  // meanwhile is asked, and before the form is sent. `fail` hears of a press that came to nothing, and whether it was answered.
  yizhan.asks = function (form, show, fail) {
    var asked = 0;
    var presses = [];
    var again = false;
    var sender = null;

    function read() {
      var held = new FormData(form);
      var parts = [];
      held.forEach(function (value, name) {
        parts.push(encodeURIComponent(name) + "=" + encodeURIComponent(value));
      });
      return { held: held, text: parts.join("&") };
    }

    function next() {
      var button = sender;
      presses.shift();
      if (presses.length) {
        ask(presses[0]);
        return;
      }
      sender = null;
      if (button) {
        button.click();
      } else if (again) {
        again = false;
        ask();
      }
    }

    function ask(pressed) {
      var mine = ++asked;
      var sent = read();
      var answered = false;
      fetch(form.dataset.look, {
        method: "POST", credentials: "same-origin", body: (pressed ? "do=" + pressed + "&" : "") + sent.text,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json" }
      }).then(function (answer) {
        answered = true;
        return answer.ok ? answer.json() : Promise.reject();
      }).then(function (said) {
        if (mine !== asked) { return; }
        if (pressed && said.phrase === null) { sender = null; }
        if (yizhan.keepWrong) { yizhan.keepWrong(said.faults, pressed, sent.held); }
        show(said);
        if (yizhan.showWeeks) { yizhan.showWeeks(said, pressed, sent.held, read().text !== sent.text); }
      }).catch(function () {
        // What was typed is looked at when it is sent. Only who pressed something waits for an answer.
        if (pressed) {
          sender = null;
          fail(answered);
        }
      }).then(function () { if (pressed) { next(); } });
    }

    form.addEventListener("submit", function (event) {
      if (!presses.length) { return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      sender = event.submitter || form.querySelector("button.action[name=do]");
    });

    return function (pressed) {
      if (!window.fetch) { return; }
      if (pressed) {
        if (presses.push(pressed) === 1) { ask(pressed); }
      } else if (presses.length) {
        again = true;
      } else { ask(); }
    };
  };

  // Opens what a field is tucked away in.
  yizhan.reveal = function (one) {
    for (var box = one.parentNode; box && box.nodeType === 1; box = box.parentNode) {
      if (box.tagName === "DETAILS") { box.open = true; }
    }
  };

  // Says what is wrong with a field beneath it, or with no text that nothing is; and whether there is such a place.
  yizhan.sayWrong = function (name, text) {
    var id = "live-" + name.replace(/\W/g, "-");
    var line = document.getElementById(id);
    var where = document.getElementById("f-" + name.replace(/\./g, "-"));
    if (!where || (!line && !text)) { return false; }
    if (!line) {
      line = element("p", "wrong-here");
      line.id = id;
      line.setAttribute("role", "status");
      where.appendChild(line);
    }
    line.hidden = !text;
    if (text) { yizhan.reveal(line); }
    line.textContent = text || "";
    return true;
  };

  // `box` holds a sentence and, where hours are known, a table of the week.
  yizhan.drawHours = function (box, hours, words) {
    box.querySelector(".sentence").textContent = hours.sentence;
    var table = box.querySelector("table");
    if (!hours.days.length) {
      if (table) { table.hidden = true; }
      return;
    }
    if (!table) {
      table = element("table", "week-bars");
      table.appendChild(element("caption", "unseen", words.week));
      table.appendChild(document.createElement("tbody"));
      box.appendChild(table);
    }
    table.hidden = false;
    var body = table.querySelector("tbody");
    body.textContent = "";
    hours.days.forEach(function (day) { body.appendChild(row(day, words)); });
  };
})();
