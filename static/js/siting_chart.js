/* Siting: the map. On the ground that both maps have lie the area within reach, today and with the plan, the stations, the
   candidates, faint, and the sites by their number. All of it is in the lists, too.

   Colours are in static/css/siting.css, by classes. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var plan = yizhan.plan;
  var frame = document.getElementById("plan-map");
  if (!frame || !yizhan.map) { return; }

  var PANES = { alone: 406, offers: 432 };
  var CLOSE_ZOOM = 14;
  var SITE_PX = 30, STATION_PX = 16;
  var ALONE_MS = 120; // what one only passes over asks for nothing

  function begin(chart) {
    var map = chart.map;
    var sites = {}, pins = {}, offers = {};
    var offersAsked = "", alone = null, aloneKey = null, pending = null;
    var areas = {};
    Object.keys(PANES).forEach(function (name) { map.createPane(name).style.zIndex = PANES[name]; });
    var dots = L.canvas({ pane: "offers", padding: 0.3, tolerance: 10 });
    var cards = plan.sitingCards(chart);
    var cross = null;

    function position(one) { return one.at; }
    function token(name) { return getComputedStyle(frame).getPropertyValue(name).trim(); }

    var ground = plan.ground(chart, frame, {
      layers: ["candidates", "stations", "sites"],
      marks: function () { return plan.data.stations.concat(plan.data.sites).map(position); },
      tap: function (at, event) {
        if (cross.active()) { cross.tapped(chart.lonlat(event.latlng)); return; }
        var town = plan.data.towns.filter(function (one) { return one.at === at; })[0];
        plan.tell("light", { kind: "town", at: String(at), from: "map", chosen: true });
        cards.bare(event.latlng, town && town.name, [town && town.said.covered]);
      },
      bands: function (answer) {
        answer.features.forEach(function (feature) { area(feature, feature.properties.of).addTo(layers.reach); });
      }
    });
    var layers = ground.layers;

    function area(feature, kind) {
      return L.polygon(ground.shape(feature.geometry), {
        pane: kind === "site" ? "alone" : "reach", className: "band " + kind, interactive: false, weight: kind === "site" ? 2.5 : 0, stroke: kind === "site", fillOpacity: 1, smoothFactor: 0.6
      });
    }

    function tapped(one, kind, at, act) {
      return function (event) {
        if (cross.active()) { cross.tapped(chart.lonlat(event.latlng)); return; }
        plan.tell("light", { kind: kind, at: at, from: "map", chosen: true });
        act(one);
      };
    }

    function lit(mark, kind, at) {
      return mark.on("mouseover", function () { plan.tell("light", { kind: kind, at: at, from: "map" }); })
        .on("mouseout", function () { plan.tell("light", { from: "map" }); });
    }

    function drawSites() {
      var held = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
      layers.sites.clearLayers();
      sites = {};
      plan.data.sites.forEach(function (one) {
        var mark = L.marker(chart.point(one.at), {
          icon: chart.icon("st site" + (one.wanted ? " wanted" : ""), String(one.number), SITE_PX), title: one.name, alt: one.number + ". " + one.name,
          riseOnHover: true, zIndexOffset: 1000 - one.number
        });
        lit(mark, "site", one.key).on("click", tapped(one, "site", one.key, cards.site))
          .on("keypress", function (press) { if (press.originalEvent.key === "Enter") { cards.site(one); } })
          .addTo(layers.sites);
        if (mark.getElement()) {
          mark.getElement().dataset.key = one.key;
          if (held === one.key) { mark.getElement().focus({ preventScroll: true }); }
        }
        sites[one.key] = { mark: mark, one: one };
      });
    }

    function drawStations() {
      layers.stations.clearLayers();
      pins = {};
      plan.data.stations.forEach(function (one) {
        var mark = L.marker(chart.point(one.at), {
          icon: chart.icon("st " + one.state + (one.tried ? " tried " + one.tried : ""), one.state === "perhaps" ? "?" : "", STATION_PX), title: one.name, alt: one.name,
          riseOnHover: true, zIndexOffset: -200
        });
        lit(mark, "station", one.code).on("click", tapped(one, "station", one.code, cards.station))
          .on("keypress", function (press) { if (press.originalEvent.key === "Enter") { cards.station(one); } })
          .addTo(layers.stations);
        pins[one.code] = { mark: mark, one: one };
      });
    }

    // Candidates: some thousands at most, painted on one canvas. By the keyboard they are in the list.

    function styleOf(one) {
      if (one.ruled_out) { return { color: token("--offer-refused"), fillOpacity: 0, weight: 2.5, radius: 5 }; }
      if (!one.reaches) { return { color: token("--offer-edge"), fillOpacity: 0, weight: 1.5, radius: 4, dashArray: "2 3" }; }
      return { color: token("--offer-edge"), fillColor: token("--offer"), fillOpacity: 0.85, weight: 1.5, radius: 4 };
    }

    function drawOffers() {
      var address = plan.data.candidates;
      if (address === offersAsked) { return; }
      offersAsked = address;
      fetch(address, { credentials: "same-origin" }).then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(new Error(address));
      }).then(function (answer) {
        if (address !== offersAsked) { return; }
        layers.candidates.clearLayers();
        offers = {};
        answer.features.forEach(function (feature) {
          var one = feature.properties;
          if (sites[one.key]) { return; }
          var dot = L.circleMarker(chart.point(feature.geometry.coordinates), L.extend({ renderer: dots, pane: "offers", bubblingMouseEvents: false }, styleOf(one)));
          dot.on("click", tapped(feature, "offer", one.key, cards.candidate)).addTo(layers.candidates);
          offers[one.key] = { dot: dot, feature: feature };
        });
        frame.dataset.offers = String(answer.features.length);
      }).catch(function () { if (address === offersAsked) { offersAsked = ""; } });
    }

    // What one site reaches by itself, while it is pointed at.

    function showAlone(key) {
      clearTimeout(pending);
      if (key === aloneKey) { return; }
      if (alone) { alone.remove(); alone = null; }
      aloneKey = key;
      if (!key) { return; }
      var address = plan.data.reach + (plan.data.reach.indexOf("?") < 0 ? "?" : "&") + "site=" + encodeURIComponent(key);
      pending = setTimeout(function () {
        areas[address] = areas[address] || fetch(address, { credentials: "same-origin" }).then(function (answer) {
          return answer.ok ? answer.json() : Promise.reject(new Error(address));
        });
        areas[address].then(function (answer) {
          if (aloneKey !== key || alone) { return; }
          alone = area(answer.features[0], "site").addTo(map);
        }).catch(function () { delete areas[address]; });
      }, ALONE_MS);
    }

    // Light

    plan.on("light", function (what) {
      ground.light(what.kind === "town" ? String(what.at) : null);
      Object.keys(sites).forEach(function (key) {
        var face = sites[key].mark.getElement();
        if (face) { face.classList.toggle("lit", what.kind === "site" && what.at === key); }
      });
      showAlone(what.kind === "site" || what.kind === "offer" ? what.at : null);
      if (!what.chosen || what.from !== "table") { return; }
      if (what.kind === "town" && ground.towns[what.at]) {
        map.fitBounds(ground.towns[what.at].layer.getBounds(), { padding: [24, 24], animate: false });
        plan.view("town", what.at);
      } else if (what.kind === "site" && sites[what.at]) {
        map.setView(sites[what.at].mark.getLatLng(), Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
        cards.site(sites[what.at].one);
      } else if (what.kind === "offer" && offers[what.at]) {
        map.setView(offers[what.at].dot.getLatLng(), Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
        cards.candidate(offers[what.at].feature);
      } else {
        return;
      }
      if (frame.getBoundingClientRect().top < 0 || frame.getBoundingClientRect().bottom > window.innerHeight) {
        frame.scrollIntoView({ block: "nearest" });
      }
    });

    map.on("click", function (event) {
      if (cross.active()) { cross.tapped(chart.lonlat(event.latlng)); return; }
      cards.bare(event.latlng);
    });

    cross = plan.placing(chart, {
      begin: function () { cross.begin(); },
      done: function (at) { return plan.argue.put(at); },
      off: function () { /* nothing was asked meanwhile */ }
    });

    function draw() {
      if (!plan.data.sites) { return; }
      drawSites();
      drawStations();
      drawOffers();
    }

    plan.on("page", function (how) {
      if (how.same) { return; }
      aloneKey = null;
      if (alone) { alone.remove(); alone = null; }
      offersAsked = "";
      draw();
      ground.redraw();
    });
    draw();
    ground.begin(function () { frame.dataset.drawn = "1"; });
  }

  yizhan.map(frame, begin);
})();
