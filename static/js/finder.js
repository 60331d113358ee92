/* The finder: the button that asks the phone where it is, and the map beside the list. The page works without either. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var form = document.getElementById("ask");
  var frame = document.getElementById("map");
  var says = document.getElementById("locate-says");
  var found = document.getElementById("found");
  var data = JSON.parse(document.getElementById("map-data").textContent);
  var DECIMALS = 4; // 11 m: an address should not tell more of a person than the question needs
  var DOTS_FROM_ZOOM = 12;

  // Asking

  function busy() {
    document.body.classList.add("busy");
    says.textContent = form.dataset.searching;
  }

  // A page that comes back from the browser's memory is not searching any more.
  window.addEventListener("pageshow", function () { document.body.classList.remove("busy"); });

  function put(name, value) {
    form.elements[name].disabled = value === null;
    form.elements[name].value = value === null ? "" : value;
  }

  function searchFrom(lon, lat, where) {
    form.elements.where.value = where || "";
    put("lon", lon.toFixed(DECIMALS));
    put("lat", lat.toFixed(DECIMALS));
    put("datum", null);
    busy();
    form.submit();
  }

  // The position is asked for when a button is pressed, never before.
  function askPhone() {
    says.textContent = form.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      function (here) { searchFrom(here.coords.longitude, here.coords.latitude); },
      function () {
        says.textContent = form.dataset.refused;
        form.elements.where.focus();
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 }
    );
  }

  var locate = document.getElementById("locate");
  if (navigator.geolocation) {
    locate.hidden = false;
    locate.addEventListener("click", askPhone);
  }
  form.addEventListener("submit", function (submit) {
    // "Find" with no place given means: from here.
    if (navigator.geolocation && !form.elements.where.value.trim() && form.elements.lon.disabled) {
      submit.preventDefault();
      askPhone();
    } else {
      busy();
    }
  });

  // What went with the text goes when the text is changed.
  form.elements.where.addEventListener("input", function () {
    ["lon", "lat", "datum"].forEach(function (name) { put(name, null); });
  });
  form.addEventListener("yizhan:chosen", function (chosen) {
    var one = chosen.detail;
    if (one.kind === "station" && one.href) {
      location.href = one.href;
    } else {
      searchFrom(one.lon, one.lat, one.name);
    }
  });

  Array.prototype.forEach.call(form.querySelectorAll("[data-at]"), function (preset) {
    preset.addEventListener("click", function (click) {
      click.preventDefault();
      form.elements.at.value = preset.dataset.at;
      form.elements.at.focus();
    });
  });

  // A reader of the screen goes on at what was found.
  if (data.found.length && location.hash === "#found") { found.focus({ preventScroll: true }); }

  // The map

  function get(address) {
    return fetch(address).then(function (answer) { return answer.ok ? answer.json() : Promise.reject(new Error(address)); });
  }

  function card(rank) { return document.getElementById("s" + rank); }

  function begin(chart) {
    var way = null;
    var ways = {};
    var lit = 1;

    function showWay(rank) {
      lit = rank;
      if (way) { way.remove(); }
      way = null;
      var one = data.found[rank - 1];
      var path = one && ways[one.code];
      if (path) { way = chart.way(path.coordinates); }
    }

    function light(rank) {
      showWay(rank);
      Array.prototype.forEach.call(document.querySelectorAll(".card.lit"), function (one) { one.classList.remove("lit"); });
      card(rank).classList.add("lit");
    }

    function drawFound() {
      data.found.slice().reverse().forEach(function (one) {
        var mark = L.marker(chart.point(one.at), {
          icon: chart.icon(one.state, String(one.rank), 32), title: one.name, alt: one.rank + " " + one.name, riseOnHover: true
        });
        function choose() {
          light(one.rank);
          card(one.rank).scrollIntoView({ block: "nearest" });
        }
        mark.on("click", choose).on("keypress", function (press) {
          if (press.originalEvent.key !== "Enter") { return; }
          choose();
          card(one.rank).querySelector("a").focus();
        }).addTo(chart.map);
        card(one.rank).addEventListener("click", function (click) {
          if (!click.target.closest("a, summary")) { light(one.rank); }
        });
      });
      if (data.origin) {
        L.marker(chart.point(data.origin), {
          icon: chart.icon("here", "", 22), title: data.words.here, alt: data.words.here, zIndexOffset: 1000, interactive: false, keyboard: false
        }).addTo(chart.map);
      }
    }

    // Every other station in sight, as a small dot that leads to its page.
    var dots = null;
    var shown = {};
    data.found.forEach(function (one) { shown[one.code] = true; });

    function linked(feature) {
      var link = document.createElement("a");
      link.href = data.page.replace("CODE", encodeURIComponent(feature.id));
      link.textContent = feature.properties.name;
      return link;
    }

    function drawDots() {
      var map = chart.map;
      if (map.getZoom() < DOTS_FROM_ZOOM) { return; }
      var around = map.getBounds().pad(0.25);
      var low = chart.lonlat(around.getSouthWest());
      var high = chart.lonlat(around.getNorthEast());
      // To whole hundredths of a degree, outwards: a small step of the map asks for nothing new.
      var box = low.map(function (degrees) { return Math.floor(degrees * 100) / 100; })
        .concat(high.map(function (degrees) { return Math.ceil(degrees * 100) / 100; })).join(",");
      if (box === drawDots.box) { return; }
      drawDots.box = box;
      get(data.stations + "&bbox=" + box).then(function (answer) {
        if (drawDots.box !== box) { return; }
        if (dots) { dots.remove(); }
        dots = chart.dots(answer.features.filter(function (one) { return !shown[one.id]; }), linked);
      }).catch(function () { drawDots.box = null; });
    }

    // A tap asks before it searches: fingers slip.
    chart.map.on("click", function (tap) {
      var button = document.createElement("button");
      var at = chart.lonlat(tap.latlng);
      button.type = "button";
      button.textContent = data.words.ask;
      button.addEventListener("click", function () { searchFrom(at[0], at[1]); });
      L.popup({ minWidth: 120, closeButton: false }).setLatLng(tap.latlng).setContent(button).openOn(chart.map);
    });

    var points = data.found.map(function (one) { return one.at; });
    chart.show(data.origin ? points.concat([data.origin]) : points);
    drawFound();
    drawDots();
    chart.map.on("moveend", drawDots);
    if (data.ways) {
      get(data.ways).then(function (answer) {
        answer.stations.concat(answer.later, answer.almost).forEach(function (one) { ways[one.code] = one.path; });
        showWay(lit);
      }).catch(function () { /* the list says how far it is all the same */ });
    }
  }

  if (yizhan.map) { yizhan.map(frame, begin); }
})();
