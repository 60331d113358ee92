/* The place of a new station: a tap on the map, or an address that was found, fills in its position. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var form = document.getElementById("new");
  if (!form) { return; }
  var chart = null;
  var pin = null;

  function by(id) { return document.getElementById(id); }

  function write(pair) {
    form.elements.lon.value = pair[0].toFixed(6);
    form.elements.lat.value = pair[1].toFixed(6);
    form.elements.place.value = "";
    form.elements.search.value = "";
    by("moved").textContent = by("moved").dataset.moved;
    form.dispatchEvent(new CustomEvent("yizhan:placed"));
  }

  function put(pair, pan) {
    if (!chart) { return; }
    if (!pin) {
      pin = L.marker(chart.point(pair), { icon: chart.icon("open", "", 32), draggable: true, keyboard: true, zIndexOffset: 1000 }).addTo(chart.map);
      pin.on("dragend", function () { write(chart.lonlat(pin.getLatLng())); });
    } else {
      pin.setLatLng(chart.point(pair));
    }
    if (pan) { chart.show([pair], 17); }
  }

  form.addEventListener("yizhan:chosen", function (event) {
    var pair = [event.detail.lon, event.detail.lat];
    write(pair);
    put(pair, true);
  });

  form.addEventListener("change", function (event) {
    var one = event.target;
    if (one.name === "found" && one.dataset.lon) {
      var pair = [Number(one.dataset.lon), Number(one.dataset.lat)];
      write(pair);
      put(pair, true);
    }
  });

  // Enter in the field of the search looks for the place, and does not send all of it.
  form.elements.search.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.defaultPrevented && !event.isComposing) {
      event.preventDefault();
      form.querySelector("button[value=find]").click();
    }
  });

  var sending = false;
  form.addEventListener("submit", function (event) {
    if (navigator.onLine === false) {
      event.preventDefault();
      by("pending").textContent = form.dataset.offline;
      return;
    }
    if (sending) { event.preventDefault(); return; }
    sending = true;
    window.setTimeout(function () { sending = false; }, 4000);
  });

  var frame = by("map");
  if (frame && yizhan.map) {
    yizhan.map(frame, function (made) {
      chart = made;
      var typed = [form.elements.lon.value, form.elements.lat.value];
      var given = typed[0].trim() && typed[1].trim() && !isNaN(typed[0]) && !isNaN(typed[1]);
      var at = given ? typed.map(Number) : JSON.parse(by("map-data").textContent).at;
      chart.map.on("click", function (event) {
        var pair = chart.lonlat(event.latlng);
        write(pair);
        put(pair, false);
      });
      if (at) { put(at, true); }
      frame.setAttribute("data-drawn", "yes");
    });
  }

  var first = by("faults") || by("beside") || by("spots");
  if (first) { first.focus(); }
})();
