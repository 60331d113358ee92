/* What was typed into a form and not sent is kept in this tab until it is, or is dropped. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};

  // `place` is what it is kept under. A form that says of which record it was made is given back as of that record.
  yizhan.typed = function (form, place) {
    var words = form.dataset;
    var made = form.elements.seen;
    var first = made ? made.value : "";
    var box = null;
    var added = [];
    var old = false;

    function typable(one) { return one.name && one.type !== "hidden" && one.type !== "submit"; }

    function state() {
      var held = {};
      [].forEach.call(form.elements, function (one) {
        if (!typable(one)) { return; }
        if (one.type === "radio" || one.type === "checkbox") {
          if (!held[one.name]) { held[one.name] = []; }
          if (one.checked) { held[one.name].push(one.value); }
        } else { held[one.name] = one.value; }
      });
      return held;
    }

    var before = state();

    function fill(held) {
      [].forEach.call(form.elements, function (one) {
        if (!typable(one) || !(one.name in held)) { return; }
        if (one.type === "radio" || one.type === "checkbox") {
          one.checked = held[one.name].indexOf(one.value) >= 0;
        } else if (one.value !== held[one.name]) {
          one.value = held[one.name];
          yizhan.reveal(one);
        }
      });
    }

    // What the form had fields for when it was typed, and has none for now, goes along unseen.
    function addUnseen(held) {
      Object.keys(held).forEach(function (name) {
        if (form.elements[name]) { return; }
        [].concat(held[name]).forEach(function (value) {
          var one = document.createElement("input");
          one.type = "hidden";
          one.name = name;
          one.value = value;
          added.push(form.appendChild(one));
        });
      });
    }

    function drop() {
      try { sessionStorage.removeItem(place); } catch (_) { /* nothing was kept */ }
    }

    function keep() {
      old = false;
      try {
        var now = state();
        if (JSON.stringify(now) === JSON.stringify(before)) {
          drop();
        } else {
          added.forEach(function (one) { if (!(one.name in now)) { now[one.name] = one.value; } });
          sessionStorage.setItem(place, JSON.stringify({ seen: made ? made.value : "", fields: now }));
        }
      } catch (_) { /* storage is switched off: then the form is as any other */ }
    }

    function undo() {
      old = false;
      drop();
      fill(before);
      if (made) { made.value = first; }
      added.forEach(function (one) { form.removeChild(one); });
      added = [];
      if (box) { box.parentNode.removeChild(box); }
      box = null;
    }

    // Gives back what is kept, and says so; `look` is called once somebody drops it.
    function giveBack(look) {
      var held = null;
      try { held = JSON.parse(sessionStorage.getItem(place) || "null"); } catch (_) { /* then nothing is kept */ }
      if (!held) { return false; }
      if (JSON.stringify(held.fields) === JSON.stringify(before)) {
        drop();
        return false;
      }
      fill(held.fields);
      box = document.createElement("p");
      var button = document.createElement("button");
      box.className = "kept";
      box.setAttribute("role", "status");
      box.appendChild(document.createTextNode(words.kept));
      if (held.seen !== first) {
        old = true;
        made.value = held.seen;
        addUnseen(held.fields);
        box.appendChild(document.createTextNode(" " + words.meanwhile));
      }
      button.type = "button";
      button.className = "quiet";
      button.textContent = words.drop;
      button.addEventListener("click", function () {
        undo();
        look();
      });
      box.appendChild(button);
      form.insertBefore(box, form.firstChild);
      return true;
    }

    // The form was sent after all, and its answer was lost on the way: then nobody needs it back.
    function sentAfterAll() {
      if (old) { undo(); }
    }

    return { keep: keep, drop: drop, giveBack: giveBack, sentAfterAll: sentAfterAll };
  };
})();
