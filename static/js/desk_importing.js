/* The rows of a list on a map: each pin is a row, and each row is a pin. Without a script the list says the same. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  document.documentElement.classList.add("scripted");

  var first = document.getElementById("said") || document.getElementById("faults");
  if (first) { first.focus(); }

  // What is chosen is kept at once: whoever goes on to another page has not chosen in vain.
  var form = document.getElementById("decide");
  if (form && window.fetch && window.URLSearchParams) {
    form.addEventListener("change", function (event) {
      var chosen = event.target;
      if (chosen.type !== "radio") { return; }
      var body = new URLSearchParams();
      body.append("csrf_token", form.elements.csrf_token.value);
      body.append(chosen.name, chosen.value);
      var box = chosen.closest("fieldset");
      fetch(form.action, { method: "POST", credentials: "same-origin", body: body, headers: { "Accept": "application/json" } })
        .then(function (answer) {
          var line = box.querySelector(".kept-now");
          if (!line) {
            line = document.createElement("p");
            line.className = "kept-now";
            line.setAttribute("role", "status");
            box.appendChild(line);
          }
          line.textContent = answer.ok ? form.dataset.kept : "";
        })
        .catch(function () { /* no network: the button sends it later */ });
    });
  }

  var frame = document.getElementById("map");
  var data = document.getElementById("map-data");
  if (!frame || !data || !yizhan.map) { return; }

  yizhan.map(frame, function (chart) {
    var rows = JSON.parse(data.textContent);
    var pins = {};
    var lit = null;

    function light(number, goes) {
      var line = document.getElementById("row-" + number);
      if (lit) { lit.classList.remove("lit"); }
      lit = line;
      if (!line) { return; }
      line.classList.add("lit");
      if (goes) { line.scrollIntoView({ block: "nearest" }); }
    }

    rows.forEach(function (row) {
      if (row.was) { chart.way([row.was, row.at]); }
      row.like.forEach(function (other) {
        chart.way([other.at, row.at]);
        window.L.marker(chart.point(other.at), {
          icon: chart.icon("dot", "", 14), title: other.name, alt: other.name, keyboard: false
        }).addTo(chart.map);
      });
      var dot = row.kind === "dot";
      var pin = window.L.marker(chart.point(row.at), {
        icon: chart.icon(row.kind, dot ? "" : String(row.row), dot ? 14 : 30), title: row.row + " " + row.name,
        alt: row.row + " " + row.name, riseOnHover: true
      }).addTo(chart.map);
      pin.on("click", function () { light(row.row, true); });
      pin.on("mouseover focus", function () { light(row.row, false); });
      pins[row.row] = pin;
    });
    chart.show(rows.map(function (row) { return row.at; }));

    [].forEach.call(document.querySelectorAll("[data-row]"), function (line) {
      var pin = pins[line.getAttribute("data-row")];
      if (!pin) { return; }
      function show() {
        light(line.getAttribute("data-row"), false);
        pin.setZIndexOffset(2000);
        if (!chart.map.getBounds().contains(pin.getLatLng())) { chart.map.panTo(pin.getLatLng()); }
      }
      function leave() { pin.setZIndexOffset(0); }
      line.addEventListener("mouseenter", show);
      line.addEventListener("focusin", show);
      line.addEventListener("mouseleave", leave);
      line.addEventListener("focusout", leave);
    });
    frame.setAttribute("data-drawn", "yes");
  });
})();
