/* Coverage: the map. On the ground that both maps have (planning_ground.js) lie the gaps as rings by their size, and the
   stations as pins that can be dragged. All of it is in the tables, too.

   Colours are in static/css/planning_chart.css, by classes: so they change with the light, with contrast and in print. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var plan = yizhan.plan;
  var frame = document.getElementById("plan-map");
  if (!frame || !yizhan.map) { return; }

  var PANES = { gaps: 430, moved: 435 };

  function begin(chart) {
    var map = chart.map;
    var fine = window.matchMedia && window.matchMedia("(pointer: fine)").matches;
    var gaps = {}, pins = {};
    var dragged = null;
    var cards = plan.cards(chart);

    Object.keys(PANES).forEach(function (name) { map.createPane(name).style.zIndex = PANES[name]; });

    function position(one) { return one.at; }

    var ground = plan.ground(chart, frame, {
      layers: ["gaps", "stations"],
      marks: function () { return plan.data.stations.map(position).concat(plan.data.gaps.map(position)); },
      tap: function (at, event) {
        if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
        plan.tell("light", { kind: "town", at: String(at), from: "map", chosen: true });
        cards.town(at, event.latlng);
      }
    });
    var layers = ground.layers, towns = ground.towns;

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
      ground.light(what.kind === "town" ? String(what.at) : null);
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

    map.on("click", function (event) {
      if (plan.what.placing()) { plan.what.tapped(chart.lonlat(event.latlng)); return; }
      cards.bare(event.latlng);
    });

    // What comes

    plan.on("answer", function (body) {
      ground.recolour(body.townships);
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

    function draw() {
      drawGaps();
      drawStations();
    }

    plan.on("page", function () {
      draw();
      ground.redraw();
    });
    plan.what.begin(chart);
    draw();
    ground.begin(function () { frame.dataset.drawn = "1"; });
  }

  yizhan.map(frame, begin);
})();
