/* Suggestions while one types: an input with data-suggest becomes a combobox (WAI-ARIA 1.2, list autocomplete).
   Without this script the form works as it is. Words come from data-attributes of the input. */
(function () {
  "use strict";

  var WAIT_MS = 150;
  var LONGEST = 100;
  var KEPT = 40;
  var ICONS = { place: "map-pin", street: "signpost", premises: "building-2", station: "door-open" };
  var SVG = "http://www.w3.org/2000/svg";
  var made = 0;

  // Numbers and links are positions: they are read when the form is sent, and are nobody's business before.
  function isPosition(text) {
    return /:\/\/|^geo:/i.test(text) || (/\d/.test(text) && !/[^\s\d.,;°'"′″，；、NSEW()+-]/i.test(text));
  }

  function part(kind, name, text) {
    var one = document.createElement(kind);
    one.className = name;
    one.textContent = text;
    return one;
  }

  function combobox(input) {
    var words = input.dataset;
    var id = "suggest-" + (made += 1);
    var list = document.createElement("ul");
    var says = part("p", "suggest-says", "");
    var matches = [];
    var active = -1;
    var asked = 0;
    var timer = 0;
    var running = null;
    var composing = false;
    var settled = input.value;
    var answers = {};
    var order = [];

    list.id = id;
    list.className = "suggest-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.label);
    says.setAttribute("role", "status");
    input.parentNode.appendChild(list);
    input.parentNode.appendChild(says);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", id);

    function isOpen() { return !list.hidden; }

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    // What was asked before says nothing of what is typed now.
    function drop() {
      asked += 1;
      clearTimeout(timer);
      if (running) { running.abort(); }
      running = null;
    }

    function point(at) {
      if (active >= 0) { list.children[active].setAttribute("aria-selected", "false"); }
      active = at;
      if (at < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      var option = list.children[at];
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function icon(kind) {
      var drawn = document.createElementNS(SVG, "svg");
      var use = document.createElementNS(SVG, "use");
      drawn.setAttribute("class", "icon");
      drawn.setAttribute("aria-hidden", "true");
      use.setAttribute("href", words.sprite + "#i-" + (ICONS[kind] || ICONS.place));
      drawn.appendChild(use);
      return drawn;
    }

    function row(match, at) {
      var option = document.createElement("li");
      var text = document.createElement("span");
      option.id = id + "-" + at;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.appendChild(icon(match.kind));
      text.className = "suggest-text";
      text.appendChild(part("b", "", match.name));
      if (match.line) {
        // A blank for those who hear it: the two stand on lines of their own.
        text.appendChild(document.createTextNode(" "));
        text.appendChild(part("span", "suggest-line", match.line));
      }
      option.appendChild(text);
      option.appendChild(document.createTextNode(" "));
      option.appendChild(part("span", "suggest-what", match.what));
      option.addEventListener("click", function () { choose(at); });
      return option;
    }

    function show(found) {
      matches = found;
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.textContent = "";
      found.forEach(function (match, at) { list.appendChild(row(match, at)); });
      list.hidden = found.length === 0;
      list.scrollTop = 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      says.textContent = found.length === 0 ? words.none
        : found.length === 1 ? words.one : words.many.replace("{count}", String(found.length));
    }

    // With where one was when the page came, to a kilometre, the nearer of two names comes first.
    var beside = (function () {
      var fields = input.form ? input.form.elements : {};
      var lon = fields.lon ? parseFloat(fields.lon.value) : NaN;
      var lat = fields.lat ? parseFloat(fields.lat.value) : NaN;
      return isFinite(lon) && isFinite(lat) ? "&lon=" + lon.toFixed(2) + "&lat=" + lat.toFixed(2) : "";
    })();

    function keep(text, found) {
      answers[text] = found;
      order.push(text);
      if (order.length > KEPT) { delete answers[order.shift()]; }
    }

    function ask(text) {
      var mine = (asked += 1);
      var lang = /^en/.test(document.documentElement.lang) ? "en" : "zh";
      var options = { headers: { Accept: "application/json" }, credentials: "same-origin" };
      if (window.AbortController) {
        running = new AbortController();
        options.signal = running.signal;
      }
      fetch(words.suggest + "?q=" + encodeURIComponent(text) + "&lang=" + lang + beside, options)
        .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
        .then(function (answer) {
          keep(text, answer.matches);
          if (mine === asked) { show(answer.matches); }
        })
        .catch(function () {
          // Offline, or too often: the form still finds what is typed.
          if (mine === asked) { close(); }
        });
    }

    function changed() {
      var text = input.value.trim();
      if (composing || text === settled) { return; }
      settled = text;
      drop();
      ["lon", "lat", "datum"].forEach(function (name) {
        var field = input.form && input.form.elements[name];
        if (field && field.type === "hidden") { field.disabled = true; }
      });
      if (!text || text.length > LONGEST || isPosition(text) || navigator.onLine === false) {
        says.textContent = "";
        close();
      } else if (Object.prototype.hasOwnProperty.call(answers, text)) {
        show(answers[text]);
      } else {
        timer = setTimeout(ask, WAIT_MS, text);
      }
    }

    function choose(at) {
      var match = matches[at];
      var fields = input.form ? input.form.elements : {};
      var event = new CustomEvent("yizhan:chosen", { bubbles: true, cancelable: true, detail: {
        kind: match.kind, name: match.name, lon: match.lon, lat: match.lat, href: match.href || null
      } });
      drop();
      input.value = match.name;
      settled = match.name.trim();
      says.textContent = "";
      close();
      // Which of several of that name was meant goes along.
      if (fields.lon && fields.lat) {
        fields.lon.disabled = fields.lat.disabled = false;
        fields.lon.value = match.lon.toFixed(4);
        fields.lat.value = match.lat.toFixed(4);
      }
      input.dispatchEvent(event);
    }

    function pressed(event) {
      if (composing || event.isComposing || event.keyCode === 229) { return; }
      var last = matches.length - 1;
      var key = event.key;
      if (key === "Escape") {
        if (!isOpen()) { return; }
        drop();
        close();
      } else if (key === "Enter") {
        drop();
        if (!isOpen() || active < 0) { close(); return; }
        choose(active);
      } else if (key === "Tab") {
        drop();
        close();
        return;
      } else if (key === "ArrowDown" || key === "ArrowUp") {
        if (last < 0 || settled !== input.value.trim() || !list.children.length) { return; }
        if (!isOpen()) {
          list.hidden = false;
          input.setAttribute("aria-expanded", "true");
        } else if (event.altKey) {
          if (key === "ArrowUp") { close(); }
          event.preventDefault();
          return;
        }
        if (!event.altKey) {
          point(key === "ArrowDown" ? (active >= last ? 0 : active + 1) : (active <= 0 ? last : active - 1));
        }
      } else if ((key === "Home" || key === "End") && isOpen() && active >= 0) {
        point(key === "Home" ? 0 : last);
      } else {
        return;
      }
      event.preventDefault();
    }

    input.addEventListener("compositionstart", function () { composing = true; });
    input.addEventListener("compositionend", function () { composing = false; changed(); });
    input.addEventListener("input", changed);
    input.addEventListener("keydown", pressed);
    input.addEventListener("blur", function () { composing = false; drop(); close(); });
    // A finger on the list must not take the focus, and the keyboard with it, from the field.
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    if (input.form) { input.form.addEventListener("submit", function () { drop(); close(); }); }
  }

  if (window.fetch && window.CustomEvent && document.documentElement.dataset) {
    Array.prototype.forEach.call(document.querySelectorAll("input[data-suggest]"), combobox);
  }
})();
