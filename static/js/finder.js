/* The finder's map, and the button that asks the phone where it is. The page works without either. */
(function () {
  "use strict";

  var form = document.getElementById("ask");
  var frame = document.getElementById("map");
  var says = document.getElementById("locate-says");
  var words = frame.dataset;
  var data = JSON.parse(document.getElementById("map-data").textContent);

  function searchFrom(lon, lat) {
    form.elements.where.value = "";
    ["lon", "lat"].forEach(function (name) { form.elements[name].disabled = false; });
    form.elements.lon.value = lon.toFixed(6);
    form.elements.lat.value = lat.toFixed(6);
    form.submit();
  }

  // The position is asked for when a button is pressed, never before.
  function askPhone() {
    says.textContent = words.waiting;
    navigator.geolocation.getCurrentPosition(
      function (found) { searchFrom(found.coords.longitude, found.coords.latitude); },
      function () { says.textContent = words.refused; form.elements.where.focus(); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 }
    );
  }

  var locate = document.getElementById("locate");
  if (navigator.geolocation) {
    locate.hidden = false;
    locate.addEventListener("click", askPhone);
    // "Find" with no place given means: from here.
    form.addEventListener("submit", function (submit) {
      if (!form.elements.where.value.trim() && form.elements.lon.disabled) {
        submit.preventDefault();
        askPhone();
      }
    });
  }

  if (!window.L) { return; }

  var map = L.map(frame, { attributionControl: false, zoomControl: false, zoomSnap: 0.5, maxZoom: 19 });
  L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);

  function latLng(pair) { return [pair[1], pair[0]]; }

  function frameAll() {
    var size = map.getSize();
    if (size.x < 120 || size.y < 120) {
      map.setView(data.origin ? latLng(data.origin) : [35, 105], 14).once("resize", frameAll);
      return;
    }
    var points = data.found.map(function (one) { return latLng(one.at); });
    if (data.origin) { points.push(latLng(data.origin)); }
    if (points.length > 1) {
      map.fitBounds(points, { padding: [48, 48], maxZoom: 17 });
    } else if (points.length === 1) {
      map.setView(points[0], 16);
    } else if (data.bounds) {
      map.fitBounds([[data.bounds[1], data.bounds[0]], [data.bounds[3], data.bounds[2]]]);
    } else {
      map.setView([35, 105], 4);
    }
  }

  // The ground: water and greens, then each road twice, so that it has an edge, then railways.
  var canvas = { ground: null, dots: null };
  ["ground", "dots"].forEach(function (name, height) {
    map.createPane(name).style.zIndex = 250 + height;
    canvas[name] = L.canvas({ pane: name, padding: 0.3 });
  });
  map.getPane("ground").style.pointerEvents = "none";
  var widths = [9, 8, 7, 5.5, 4, 1.4]; // at zoom 16, in pixels, by rank: 0 is the broadest
  var footpath = 5;
  var edges = [];

  function width(rank) { return widths[Math.min(rank || 0, footpath)] * Math.pow(1.35, map.getZoom() - 16); }

  function drawn(features, style) {
    return L.geoJSON({ type: "FeatureCollection", features: features },
      { renderer: canvas.ground, pane: "ground", interactive: false, smoothFactor: 1, style: style }).addTo(map);
  }

  function drawGround(ground) {
    function of(kind) { return ground.features.filter(function (one) { return one.properties.kind === kind; }); }
    drawn(of("green"), { stroke: false, fillColor: "#dde7cc", fillOpacity: 1 });
    drawn(of("water"), { color: "#bcd7e4", weight: 1, fillColor: "#bcd7e4", fillOpacity: 1 });
    drawn(of("waterway"), { color: "#bcd7e4", weight: 2, fill: false });
    var roads = of("road").sort(function (a, b) { return (b.properties.rank || 0) - (a.properties.rank || 0); });
    var paths = roads.filter(function (one) { return one.properties.rank >= footpath; });
    var streets = roads.filter(function (one) { return (one.properties.rank || 0) < footpath; });
    edges.push([drawn(paths, { color: "#ffffff" }), 0]);
    edges.push([drawn(streets, { color: "#d3c6b0" }), 1.8]);
    edges.push([drawn(streets, { color: "#ffffff" }), 0]);
    drawn(of("rail"), { color: "#9b948b", weight: 2, dashArray: "7 5", fill: false });
    widen();
    map.on("zoomend", widen);
  }

  function widen() {
    edges.forEach(function (pair) {
      pair[0].setStyle(function (feature) { return { weight: Math.max(0.5, width(feature.properties.rank)) + pair[1] }; });
    });
  }

  function get(address, then) {
    fetch(address).then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
      .then(then, function () { /* the map is an extra: without it the list still stands */ });
  }

  function named(name) {
    var text = document.createElement("strong");
    text.textContent = name;
    return text;
  }

  // Every other station, as a small dot.
  function drawOthers(all) {
    var shown = {};
    data.found.forEach(function (one) { shown[one.at.join()] = true; });
    all.features.forEach(function (one) {
      var at = one.geometry.coordinates;
      if (shown[[Number(at[0].toFixed(6)), Number(at[1].toFixed(6))].join()]) { return; }
      L.circleMarker(latLng(at), { renderer: canvas.dots, pane: "dots", radius: 5, color: "#fff", weight: 1.5, fillColor: "#6f675c", fillOpacity: 1 })
        .bindPopup(function () { return named(one.properties.name); }, { closeButton: false }).addTo(map);
    });
  }

  function pin(kind, text, size) {
    return L.divIcon({ className: "pin " + kind, html: text, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  }

  function drawFound() {
    data.found.slice().reverse().forEach(function (one) {
      var mark = L.marker(latLng(one.at), { icon: pin(one.state, String(one.rank), 32), title: one.name, alt: one.name, riseOnHover: true });
      mark.bindPopup(function () { return named(one.name); }, { closeButton: false }).on("click", function () { light(one.rank); }).addTo(map);
    });
    if (data.origin) {
      L.marker(latLng(data.origin), { icon: pin("here", "", 22), title: words.here, alt: words.here, zIndexOffset: 1000 }).addTo(map);
    }
  }

  // The way along the streets, to one station at a time.
  var way = null;
  var ways = {};

  function showWay(rank) {
    if (way) { way.remove(); way = null; }
    var path = ways[data.found[rank - 1].code];
    if (path) {
      way = L.polyline(path.coordinates.map(latLng), { color: "#1d1a16", weight: 5, opacity: 0.8, dashArray: "1 9", interactive: false }).addTo(map);
    }
  }

  function takeWays(answer) {
    answer.stations.concat(answer.almost).forEach(function (one) { ways[one.code] = one.path; });
    showWay(1);
  }

  function light(rank) {
    showWay(rank);
    document.querySelectorAll(".card.lit").forEach(function (card) { card.classList.remove("lit"); });
    var card = document.getElementById("s" + rank);
    card.classList.add("lit");
    card.scrollIntoView({ block: "nearest" });
  }

  // A tap asks before it searches: fingers slip.
  map.on("click", function (tap) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = words.ask;
    var at = tap.latlng.wrap();
    button.addEventListener("click", function () { searchFrom(at.lng, at.lat); });
    L.popup({ minWidth: 120, closeButton: false }).setLatLng(tap.latlng).setContent(button).openOn(map);
  });

  frameAll();
  drawFound();
  get(words.ground, drawGround);
  get(words.stations, drawOthers);
  if (data.found.length) { get(data.ways, takeWays); }
})();
