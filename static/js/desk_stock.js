/* Counting on a phone: buttons beside the fields, and what was typed stays when it cannot be sent. */
(function () {
  "use strict";

  var forms = document.querySelectorAll("form[data-stock-form]");
  var DAY_MS = 86400000;

  function button(word, name, press) {
    var one = document.createElement("button");
    one.type = "button";
    one.className = "quiet step";
    one.textContent = word;
    one.setAttribute("aria-label", word + " " + name);
    one.addEventListener("click", press);
    return one;
  }

  function told(form, text, extra) {
    var old = form.querySelector(".kept");
    if (old) { old.parentNode.removeChild(old); }
    var line = document.createElement("p");
    line.className = "kept";
    line.setAttribute("role", "status");
    var words = document.createElement("span");
    words.textContent = text;
    line.appendChild(words);
    if (extra) { line.appendChild(extra); }
    form.insertBefore(line, form.firstChild);
  }

  function steppers(form) {
    var fields = form.querySelectorAll("input[data-step]");
    Array.prototype.forEach.call(fields, function (field) {
      var label = field.parentNode;
      var name = label.textContent.trim();
      function move(by) {
        return function () {
          var now = parseInt(field.value, 10);
          field.value = String(Math.max(0, (isNaN(now) ? 0 : now) + by));
          field.dispatchEvent(new Event("input", { bubbles: true }));
        };
      }
      label.parentNode.insertBefore(button("−", name, move(-1)), label);
      label.parentNode.insertBefore(button("+", name, move(1)), label.nextSibling);
    });
  }

  function typedIn(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && field.type !== "hidden" && field.type !== "submit" && field.type !== "button";
    });
  }

  function keeps(form) {
    var key = "yizhan.stock." + form.getAttribute("data-stock-form");
    var words = form.dataset;

    function read() {
      try { return JSON.parse(localStorage.getItem(key)); } catch (_) { return null; }
    }
    function drop() {
      try { localStorage.removeItem(key); } catch (_) { /* then nothing is kept either */ }
    }
    function keep() {
      var held = {};
      typedIn(form).forEach(function (field) {
        if (field.value !== field.defaultValue) { held[field.name] = field.value; }
      });
      try {
        if (Object.keys(held).length) {
          localStorage.setItem(key, JSON.stringify({ at: Date.now(), held: held }));
        } else { drop(); }
      } catch (_) { /* storage is switched off: the page itself still holds it */ }
    }

    if (words.fresh) { drop(); }
    var kept = read();
    if (kept && (!kept.at || Date.now() - kept.at > DAY_MS)) { drop(); kept = null; }
    if (kept && kept.held && !document.getElementById("faults")) {
      var back = 0;
      typedIn(form).forEach(function (field) {
        if (Object.prototype.hasOwnProperty.call(kept.held, field.name) && kept.held[field.name] !== field.value) {
          field.value = kept.held[field.name];
          back += 1;
        }
      });
      if (back) {
        var away = document.createElement("button");
        away.type = "button";
        away.className = "quiet";
        away.textContent = words.drop;
        away.addEventListener("click", function () {
          drop();
          form.reset();
          away.parentNode.parentNode.removeChild(away.parentNode);
        });
        told(form, words.back, away);
      }
    }
    form.addEventListener("input", keep);
    form.addEventListener("submit", function (event) {
      keep();
      if (navigator.onLine === false) {
        event.preventDefault();
        told(form, words.offline);
        form.querySelector(".kept").scrollIntoView({ block: "nearest" });
      }
    });
  }

  Array.prototype.forEach.call(forms, function (form) {
    steppers(form);
    if (form.dataset.back) { keeps(form); }
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (one) {
    one.hidden = false;
    one.addEventListener("click", function () { window.print(); });
  });
  var faults = document.getElementById("faults");
  if (faults) { faults.focus(); }
})();
