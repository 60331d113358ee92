/* The form of a station with a script: what typing means, the map, and typing that is not lost. Without one it is a form. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var form = document.getElementById("form");
  if (!form) { return; }
  var words = form.dataset;
  var WAIT_MS = 400;
  document.documentElement.classList.add("scripted");

  function by(id) { return document.getElementById(id); }

  var proposal = form.elements.proposal;
  var typed = yizhan.typed(form, "yizhan.desk." + words.who + "." + words.code + (proposal ? "." + proposal.value : ""));

  // What it means so far

  var chart = null;
  var pin = null;

  function fault(name, text) {
    var field = form.elements[name];
    if (yizhan.sayWrong(name, text) && field && field.setAttribute) {
      if (text) { field.setAttribute("aria-invalid", "true"); } else { field.removeAttribute("aria-invalid"); }
    }
  }

  var marked = [];

  function show(said) {
    if (said.there) { typed.sentAfterAll(); }
    marked.forEach(function (name) { if (!said.faults[name]) { fault(name, ""); } });
    marked = Object.keys(said.faults);
    [].forEach.call(form.querySelectorAll("p.wrong-here[id^='e-']"), function (old) { old.hidden = true; });
    marked.forEach(function (name) { fault(name, said.faults[name]); });
    yizhan.drawHours(by("meant"), said.hours, { closed: words.closed, comma: words.comma, week: words.week });
    by("township").textContent = said.township;
    by("pending").textContent = said.changes.length ? words.changes.replace("{count}", said.changes.length) : "";
    if (pin && window.L) {
      var at = chart.point(said.position);
      if (!pin.getLatLng().equals(at, 1e-6)) {
        pin.setLatLng(at);
        chart.map.panTo(at);
      }
    }
  }

  var look = yizhan.asks(form, show, function (answered) {
    by("pending").textContent = answered ? words.refused : words.offline;
  });

  var waiting = 0;

  form.addEventListener("input", function () {
    typed.keep();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, WAIT_MS);
  });

  form.addEventListener("yizhan:put", function (event) {
    window.clearTimeout(waiting);
    look(event.detail);
  });

  // Once only, and not into nowhere.
  var sending = false;

  form.addEventListener("submit", function (event) {
    if (navigator.onLine === false) {
      event.preventDefault();
      typed.keep();
      by("pending").textContent = words.offline;
      return;
    }
    if (sending) {
      event.preventDefault();
      return;
    }
    sending = true;
    window.setTimeout(function () { sending = false; }, 4000);
  });

  // What the browser itself finds wrong, half a date, is not left where nobody sees it.
  form.addEventListener("invalid", function (event) { yizhan.reveal(event.target); }, true);

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      var save = form.querySelector("button[value=save]");
      if (save) {
        event.preventDefault();
        save.click();
      }
    }
  });

  // The map: the old place stays to be seen while the pin is dragged.

  function unsearch() {
    if (form.elements.search) { form.elements.search.value = ""; }
  }

  function moved(at) {
    var pair = chart.lonlat(at);
    form.elements.lon.value = pair[0].toFixed(6);
    form.elements.lat.value = pair[1].toFixed(6);
    form.elements.place.value = "";
    unsearch();
    by("moved").textContent = words.moved;
    typed.keep();
    look();
  }

  var frame = by("map");
  if (frame && yizhan.map) {
    yizhan.map(frame, function (made) {
      chart = made;
      var data = JSON.parse(by("map-data").textContent);
      var writes = !!form.querySelector("button[value=save]");
      window.L.marker(chart.point(data.was), {
        icon: chart.icon("almost", "", 24), interactive: false, keyboard: false, opacity: 0.6
      }).addTo(chart.map);
      pin = window.L.marker(chart.point(data.at), {
        icon: chart.icon("open", "", 32), title: data.name, alt: data.name, draggable: writes, zIndexOffset: 1000
      }).addTo(chart.map);
      if (writes) {
        pin.on("dragend", function () { moved(pin.getLatLng()); });
        chart.map.on("click", function (event) {
          pin.setLatLng(event.latlng);
          moved(event.latlng);
        });
      }
      chart.show([data.at, data.was], 17);
      frame.setAttribute("data-drawn", "yes");
    });
  }

  // A place that was found by its address moves the pin, too.

  function found(pair) {
    if (pin) {
      pin.setLatLng(chart.point(pair));
      moved(pin.getLatLng());
      chart.show([pair, JSON.parse(by("map-data").textContent).was], 17);
    } else {
      form.elements.lon.value = pair[0].toFixed(6);
      form.elements.lat.value = pair[1].toFixed(6);
      form.elements.place.value = "";
      typed.keep();
      look();
    }
    unsearch();
  }

  form.addEventListener("yizhan:chosen", function (event) { found([event.detail.lon, event.detail.lat]); });
  form.addEventListener("change", function (event) {
    var one = event.target;
    if (one.name === "found" && one.dataset.lon) { found([Number(one.dataset.lon), Number(one.dataset.lat)]); }
  });
  if (form.elements.search) {
    form.elements.search.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.defaultPrevented && !event.isComposing) {
        event.preventDefault();
        form.querySelector("button[value=find]").click();
      }
    });
  }

  // Where something was said, eyes and keys go there first.
  if (words.fresh) { typed.drop(); }
  if (words.fresh === "added") { yizhan.typed(form, "yizhan.desk." + words.who + ".new").drop(); }
  if (!words.fresh && !by("faults") && !by("clash") && typed.giveBack(look)) { look(); }
  var first = by("faults") || by("clash") || by("looked") || by("spots") || by("said");
  if (first) { first.focus(); }
})();
