/* Coverage: the map. Beneath, the area within reach in bands of minutes; on it the townships by their share, the gaps as
   rings by their size, and the stations as pins that can be dragged. All of it is in the tables, too.

   Colours are in static/css/planning_chart.css, by classes: so they change with the light, with contrast and in print. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var plan = yizhan.plan;
  var frame = document.getElementById("plan-map");
  if (!frame || !yizhan.map) { return; }

  var PANES = { towns: 402, reach: 404, gaps: 430, moved: 435, names: 590 };
  var NEAR_ZOOM = 13; // from here on pins are as large as a fingertip's aim
  var SETTLED_MS = 500;
  var element = plan.element;

  function begin(chart) {
    var map = chart.map;
    var fine = window.matchMedia && window.matchMedia("(pointer: fine)").matches;
    var layers = { reach: L.layerGroup(), towns: L.layerGroup(), gaps: L.layerGroup(), stations: L.layerGroup() };
    var shown = { reach: true, towns: true, gaps: true, stations: true };
    var towns = {}, gaps = {}, pins = {}, labels = {};
    var reachAsked = "";
    var dragged = null;
    var cards = plan.cards(chart);

    Object.keys(PANES).forEach(function (name) { map.createPane(name).style.zIndex = PANES[name]; });
    Object.keys(layers).forEach(function (name) { layers[name].addTo(map); });

    function ringed(ring) { return ring.map(chart.point); }
    function shape(geometry) {
      if (geometry.type === "Polygon") { return geometry.coordinates.map(ringed); }
      if (geometry.type === "MultiPolygon") { return geometry.coordinates.map(function (one) { return one.map(ringed); }); }
      return [];
    }

    // Townships

    function classOf(share) {
      if (share === null || share === undefined) { return "town none"; }
      var step = plan.data.classes.filter(function (bound) { return share >= bound; }).length;
      return "town share-" + step;
    }

    function paint(town, share) {
      var path = town.layer.getElement();
      if (!path) { return; }
      path.setAttribute("class", "leaflet-interactive " + classOf(share) + (town.lit ? " lit" : ""));
      town.share = share;
    }

    function tap(at, event) {
      if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
      plan.tell("light", { kind: "town", at: String(at), from: "map", chosen: true });
      cards.town(at, event.latlng);
    }

    function drawTowns(answer) {
      answer.features.forEach(function (feature) {
        if (!feature.geometry) { return; }
        var at = feature.properties.at;
        var layer = L.polygon(shape(feature.geometry), { pane: "towns", className: "town", weight: 1.2, fillOpacity: 1, bubblingMouseEvents: false });
        layer.on("click", function (event) { tap(at, event); })
          .on("mouseover", function () { plan.tell("light", { kind: "town", at: String(at), from: "map" }); })
          .on("mouseout", function () { plan.tell("light", { from: "map" }); })
          .addTo(layers.towns);
        var name = element("span", "", "");
        name.appendChild(element("b", feature.properties.name));
        var share = name.appendChild(element("span", ""));
        labels[at] = { share: share, mark: L.marker(layer.getBounds().getCenter(), {
          icon: L.divIcon({ className: "town-name", html: name, iconSize: null }), pane: "names", interactive: false, keyboard: false
        }) };
        towns[at] = { layer: layer, lit: false, share: null };
        labels[at].mark.addTo(layers.towns);
      });
      placeNames();
      recolour(plan.data.towns);
    }

    // In the units of the map at one zoom: names are as wide there as anywhere else.
    function flat(latlng) {
      var at = map.project(latlng, 12);
      return [at.x, at.y];
    }

    function ringsOf(layer) {
      var all = layer.getLatLngs();
      while (Array.isArray(all[0]) && Array.isArray(all[0][0])) { all = [].concat.apply([], all); }
      return all.map(function (ring) { return ring.map(flat); });
    }

    function placeNames() {
      var marks = plan.data.stations.map(function (one) { return flat(chart.point(one.at)); })
        .concat(plan.data.gaps.map(function (one) { return flat(chart.point(one.at)); }));
      Object.keys(labels).forEach(function (at) {
        var room = plan.roomFor(ringsOf(towns[at].layer), marks);
        if (room) { labels[at].mark.setLatLng(map.unproject(L.point(room[0], room[1]), 12)); }
      });
    }

    function recolour(all) {
      all.forEach(function (one) {
        if (!towns[one.at]) { return; }
        paint(towns[one.at], one.share);
        if (labels[one.at]) { labels[one.at].share.textContent = " " + one.said.covered; }
      });
    }

    // The area within reach

    function drawReach() {
      var address = plan.data.reach;
      if (address === reachAsked || !shown.reach) { return; }
      reachAsked = address;
      fetch(address, { credentials: "same-origin" }).then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(new Error(address));
      }).then(function (answer) {
        if (address !== reachAsked) { return; }
        layers.reach.clearLayers();
        var last = answer.features.length - 1;
        answer.features.forEach(function (feature, at) {
          if (!feature.geometry) { return; }
          L.polygon(shape(feature.geometry), {
            pane: "reach", className: "band band-" + (last - at), interactive: false, stroke: false, fillOpacity: 1, smoothFactor: 0.6
          }).addTo(layers.reach);
        });
      }).catch(function () { if (address === reachAsked) { reachAsked = ""; } });
    }

    // Gaps

    function drawGaps() {
      layers.gaps.clearLayers();
      gaps = {};
      plan.data.gaps.forEach(function (one) {
        var ring = L.circleMarker(chart.point(one.at), { pane: "gaps", className: "gap", radius: one.radius, weight: 2, bubblingMouseEvents: false });
        ring.on("click", function (event) {
          if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
          plan.tell("light", { kind: "gap", at: String(one.rank), from: "map", chosen: true });
          cards.gap(one);
        }).on("mouseover", function () { plan.tell("light", { kind: "gap", at: String(one.rank), from: "map" }); })
          .on("mouseout", function () { plan.tell("light", { from: "map" }); })
          .addTo(layers.gaps);
        gaps[one.rank] = { layer: ring, one: one };
      });
    }

    // Stations

    function look(one) { return "st " + one.state + (one.tried ? " tried " + one.tried : ""); }

    function drag(one, mark) {
      mark.on("dragstart", function () {
        dragged = one.code;
        map.closePopup();
        document.body.classList.add("dragging-now");
      }).on("drag", function () {
        plan.live(plan.what.moving(one.code, chart.lonlat(mark.getLatLng())));
      }).on("dragend", function () {
        document.body.classList.remove("dragging-now");
        plan.what.move(one.code, chart.lonlat(mark.getLatLng()));
      });
    }

    function drawStations() {
      var held = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.code : null;
      layers.stations.clearLayers();
      pins = {};
      dragged = null;
      plan.data.stations.forEach(function (one) {
        var mark = L.marker(chart.point(one.at), {
          icon: chart.icon(look(one), one.tried === "added" ? "+" : one.state === "perhaps" ? "?" : "", 20), title: one.name, alt: one.name,
          draggable: fine && one.tried !== "closed", autoPan: true, riseOnHover: true, zIndexOffset: one.tried ? 500 : one.state === "counts" ? 0 : -200
        });
        mark.on("click", function (event) {
          if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
          plan.tell("light", { kind: "station", at: one.code, from: "map", chosen: true });
          cards.station(one);
        }).on("mouseover", function () { plan.tell("light", { kind: "station", at: one.code, from: "map" }); })
          .on("mouseout", function () { plan.tell("light", { from: "map" }); })
          .on("keypress", function (press) { if (press.originalEvent.key === "Enter") { cards.station(one); } });
        if (mark.options.draggable) { drag(one, mark); }
        mark.addTo(layers.stations);
        mark.getElement().dataset.code = one.code;
        if (held === one.code) { mark.getElement().focus({ preventScroll: true }); }
        pins[one.code] = { mark: mark, one: one };
        if (one.was) {
          L.polyline([chart.point(one.was), chart.point(one.at)], { pane: "moved", className: "moved-from", interactive: false }).addTo(layers.stations);
          L.circleMarker(chart.point(one.was), { pane: "moved", className: "moved-from", radius: 5, interactive: false }).addTo(layers.stations);
        }
      });
    }

    // Light

    function ofTable(what) {
      if (what.kind === "town" && towns[what.at]) { return towns[what.at].layer.getBounds(); }
      if (what.kind === "gap" && gaps[what.at]) { return gaps[what.at].layer.getLatLng(); }
      if (what.kind === "station" && pins[what.at]) { return pins[what.at].mark.getLatLng(); }
      return null;
    }

    plan.on("light", function (what) {
      Object.keys(towns).forEach(function (at) {
        var lit = what.kind === "town" && String(what.at) === at;
        if (lit !== towns[at].lit) {
          towns[at].lit = lit;
          paint(towns[at], towns[at].share);
          if (lit) { towns[at].layer.bringToFront(); }
        }
      });
      Object.keys(gaps).forEach(function (rank) {
        var path = gaps[rank].layer.getElement();
        if (path) { path.classList.toggle("lit", what.kind === "gap" && String(what.at) === rank); }
      });
      Object.keys(pins).forEach(function (code) {
        var face = pins[code].mark.getElement();
        if (face) { face.classList.toggle("lit", what.kind === "station" && what.at === code); }
      });
      if (!what.chosen || what.from !== "table") { return; }
      var there = ofTable(what);
      if (!there) { return; }
      if (there.getCenter) {
        map.fitBounds(there, { padding: [24, 24], animate: false });
        plan.view("town", what.at);
      } else {
        map.setView(there, Math.max(map.getZoom(), 14), { animate: false });
        if (what.kind === "gap") { cards.gap(gaps[what.at].one); } else { cards.station(pins[what.at].one); }
      }
      if (frame.getBoundingClientRect().top < 0 || frame.getBoundingClientRect().bottom > window.innerHeight) {
        frame.scrollIntoView({ block: "nearest" });
      }
    });

    // Layers on and off, by the legend

    document.addEventListener("change", function (change) {
      var name = change.target.dataset && change.target.dataset.layer;
      if (!name) { return; }
      shown[name] = change.target.checked;
      if (shown[name]) { layers[name].addTo(map); } else { layers[name].remove(); }
      if (name === "towns" && shown.towns) { recolour(plan.data.towns); }
      drawReach();
      keepSwitches();
    });

    function keepSwitches() {
      var off = Object.keys(shown).filter(function (name) { return !shown[name]; });
      plan.view("off", off.length ? off.join(".") : null);
    }

    function setSwitches() {
      document.querySelectorAll("[data-layer]").forEach(function (box) { box.checked = shown[box.dataset.layer]; });
    }

    (plan.view("off") || "").split(".").forEach(function (name) {
      if (shown[name]) { shown[name] = false; layers[name].remove(); }
    });

    // Where one looks

    function far() { frame.classList.toggle("far", map.getZoom() < NEAR_ZOOM); }

    var kept = (plan.view("map") || "").split(",").map(Number);
    map.options.zoomSnap = 0.5; // so that a county fills its frame
    map.options.zoomDelta = 1;
    if (kept.length === 3 && kept.every(isFinite)) { map.setView(chart.point([kept[0], kept[1]]), kept[2], { animate: false }); } else { chart.show([]); }
    var settling = null;
    map.on("zoomend", far).on("moveend", function () {
      clearTimeout(settling);
      settling = setTimeout(function () {
        var here = chart.lonlat(map.getCenter());
        plan.view("map", here[0].toFixed(4) + "," + here[1].toFixed(4) + "," + map.getZoom());
      }, SETTLED_MS);
    });
    map.on("click", function (event) {
      if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
      var box = card("", []);
      button(box, "try", function () { plan.what.add(chart.lonlat(event.latlng)); });
      open(event.latlng, box);
    });

    // What comes

    plan.on("answer", function (body) {
      recolour(body.townships);
      Object.keys(pins).forEach(function (code) {
        var state = body.stations[code];
        if (!state || code === dragged || pins[code].one.state === state) { return; }
        var face = pins[code].mark.getElement();
        if (!face) { return; }
        ["counts", "perhaps", "not"].forEach(function (one) { face.classList.toggle(one, one === state); });
        if (pins[code].one.tried !== "added") { face.firstChild.textContent = state === "perhaps" ? "?" : ""; }
        pins[code].one.state = state;
      });
    });

    function redraw() {
      drawGaps();
      drawStations();
      recolour(plan.data.towns);
      drawReach();
      setSwitches();
    }

    plan.on("page", redraw);
    plan.what.begin(chart);
    far();
    drawGaps();
    drawStations();
    setSwitches();
    fetch(plan.data.shapes, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.json() : Promise.reject(new Error(plan.data.shapes));
    }).then(drawTowns).catch(function () { /* the table has them all */ }).then(function () {
      drawReach();
      var town = plan.view("town");
      if (town && towns[town] && kept.length !== 3) { map.fitBounds(towns[town].layer.getBounds(), { animate: false }); }
      frame.dataset.drawn = "1";
    });
  }

  yizhan.map(frame, begin);
})();
