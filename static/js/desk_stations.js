/* The list of stations with a script: which are ticked, and the map that points at the rows and is pointed at by them. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var table = document.getElementById("roll");
  if (!table) { return; }

  // Ticked ones

  var form = document.getElementById("choosing");
  var ticks = [].slice.call(table.querySelectorAll("input[name=code]"));
  var every = document.getElementById("every");
  var last = null;

  function counted() {
    var count = ticks.filter(function (one) { return one.checked; }).length;
    document.getElementById("chosen").textContent = form.dataset.chosen.replace("{count}", count);
    document.getElementById("of-chosen").disabled = count === 0;
    form.classList.toggle("some", count > 0);
    every.checked = count > 0 && count === ticks.length;
    every.indeterminate = count > 0 && count < ticks.length;
  }

  if (every && ticks.length) {
    every.hidden = false;
    every.addEventListener("change", function () {
      ticks.forEach(function (one) { one.checked = every.checked; });
      counted();
    });
    table.addEventListener("click", function (event) {
      var at = ticks.indexOf(event.target);
      if (at < 0) { return; }
      // With the shift key, all from the last one to this one.
      if (event.shiftKey && last !== null) {
        ticks.slice(Math.min(last, at), Math.max(last, at) + 1).forEach(function (one) { one.checked = event.target.checked; });
      }
      last = at;
      counted();
    });
    counted();
    window.addEventListener("pageshow", counted);
  }

  // The map

  var frame = document.getElementById("map");
  var box = document.getElementById("dots");
  if (!frame || !box || !yizhan.map || !window.fetch) { return; }
  var words = box.dataset;

  function rowOf(code) {
    return [].filter.call(table.querySelectorAll("tbody tr"), function (row) { return row.dataset.code === code; })[0] || null;
  }

  function point(row) {
    [].forEach.call(table.querySelectorAll("tr.pointed"), function (one) { one.classList.remove("pointed"); });
    if (row) { row.classList.add("pointed"); }
  }

  function link(text, address) {
    var one = document.createElement("a");
    one.href = address;
    one.textContent = text;
    return one;
  }

  function content(name, code) {
    var holder = document.createElement("div");
    var title = document.createElement("strong");
    title.textContent = name;
    holder.appendChild(title);
    holder.appendChild(document.createElement("br"));
    holder.appendChild(link(words.open, words.station.replace("CODE", encodeURIComponent(code))));
    if (!rowOf(code)) {
      holder.appendChild(document.createElement("br"));
      holder.appendChild(link(words.show, words.find.replace("CODE", encodeURIComponent(code))));
    }
    return holder;
  }

  function fitted(chart, data) {
    if (!data.code.length) { return; }
    var sides = [Infinity, Infinity, -Infinity, -Infinity];
    data.lon.forEach(function (lon, row) {
      sides = [Math.min(sides[0], lon), Math.min(sides[1], data.lat[row]), Math.max(sides[2], lon), Math.max(sides[3], data.lat[row])];
    });
    chart.show([[sides[0], sides[1]], [sides[2], sides[3]]]);
    // A narrow map needs its room: less of it at the sides than pins want.
    chart.map.fitBounds([chart.point([sides[0], sides[1]]), chart.point([sides[2], sides[3]])], { padding: [14, 14], maxZoom: 16, animate: false });
  }

  function linked(chart, data) {
    var dots = yizhan.manyDots(chart, data);

    function shown(row, pan) {
      var place = row && dots.at(row.dataset.code);
      point(row);
      dots.ring(row ? row.dataset.code : "");
      if (place && pan && !chart.map.getBounds().contains(place)) { chart.map.panTo(place, { animate: false }); }
    }

    table.addEventListener("mouseover", function (event) { shown(event.target.closest("tbody tr"), false); });
    table.addEventListener("mouseleave", function () { shown(null, false); });
    table.addEventListener("focusin", function (event) { shown(event.target.closest("tbody tr"), true); });
    chart.map.on("click", function (event) {
      var at = dots.nearest(event.containerPoint);
      if (at < 0) { return; }
      var code = data.code[at];
      var row = rowOf(code);
      dots.ring(code);
      point(row);
      if (row) { row.scrollIntoView({ block: "center" }); }
      L.popup({ closeButton: true, autoPan: true }).setLatLng(dots.at(code)).setContent(content(data.name[at], code)).openOn(chart.map);
    });
    frame.setAttribute("data-drawn", String(data.code.length));
  }

  yizhan.map(frame, function (chart) {
    fetch(words.address, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
      .then(function (data) {
        fitted(chart, data);
        linked(chart, data);
      })
      .catch(function () {
        var said = document.createElement("p");
        said.className = "soft";
        said.setAttribute("role", "status");
        said.textContent = words.failed;
        box.parentNode.insertBefore(said, box);
      });
  });
})();
