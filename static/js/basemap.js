/* The chart: a Leaflet map with the base map in it, in the datum that the base map is drawn in.

   window.yizhan.chart(frame) gives
     map                     the L.Map
     point([lon, lat])       where a WGS-84 position is on this map, an L.LatLng
     lonlat(latlng)          the WGS-84 position of a place on this map, [lon, lat]
     icon(kind, text, size)  an L.divIcon; kinds: open, unknown, almost, here, dot
     show(positions, [most]) frames WGS-84 positions, at most at zoom `most`; with none, the whole area
     dots(features, [popup]) draws point features as small dots; popup(feature) gives an element
     way(positions)          draws a way along the streets, an L.LayerGroup
   Outside it all positions are WGS-84. Where the base map is in GCJ-02 (data-datum), only what is on the map is. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var CLOSEST = 19;
  var FARTHEST = 3;
  var STREET_ZOOM = 16;

  function datumOf(frame) {
    if (frame.dataset.datum === "gcj02") { return yizhan.gcj02; }
    var same = function (pair) { return [pair[0], pair[1]]; };
    return { fromWgs84: same, toWgs84: same };
  }

  function boundsOf(frame) {
    var sides = (frame.dataset.bounds || "").split(",").map(Number);
    return sides.length === 4 ? { west: sides[0], south: sides[1], east: sides[2], north: sides[3] } : null;
  }

  function token(frame, name) { return getComputedStyle(frame).getPropertyValue(name).trim(); }

  function raster(map, frame) {
    JSON.parse(frame.dataset.layers).forEach(function (address) {
      L.tileLayer(address, {
        maxNativeZoom: Number(frame.dataset.closest),
        maxZoom: CLOSEST,
        // Providers ask who shows their tiles; the name of this house is enough, the address would say where one stands.
        referrerPolicy: "strict-origin"
      }).addTo(map);
    });
  }

  function look(media) { return window.matchMedia ? window.matchMedia(media) : { matches: false }; }

  function onChange(query, act) {
    if (query.addEventListener) { query.addEventListener("change", act); } else if (query.addListener) { query.addListener(act); }
  }

  yizhan.chart = function (frame) {
    var words = frame.dataset;
    var datum = datumOf(frame);
    var area = boundsOf(frame);
    frame.textContent = "";
    var map = L.map(frame, { attributionControl: false, zoomControl: false, minZoom: FARTHEST, maxZoom: CLOSEST });
    if (look("(prefers-reduced-motion: reduce)").matches) {
      // Also where Leaflet moves by itself, as when a mark out of sight gets the focus.
      map.panBy = function (offset, options) { return L.Map.prototype.panBy.call(map, offset, L.extend({}, options, { animate: false })); };
    }
    map.setView([35, 105], 4, { animate: false });
    L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);

    function point(pair) {
      var there = datum.fromWgs84(pair);
      return L.latLng(there[1], there[0]);
    }

    function lonlat(latlng) {
      var at = L.latLng(latlng).wrap();
      return datum.toWgs84([at.lng, at.lat]);
    }

    function icon(kind, text, size) {
      var face = document.createElement("span");
      face.textContent = text;
      return L.divIcon({ className: "pin " + kind, html: face, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
    }

    // A frame may have no size yet, and then there is nothing to fit into.
    var waiting = null;
    function show(positions, most) {
      if (waiting) { map.off("resize", waiting); }
      waiting = null;
      var size = map.getSize();
      if (size.x < 80 || size.y < 80) {
        waiting = function () { show(positions, most); };
        map.once("resize", waiting);
        return;
      }
      if (positions.length > 1) {
        map.fitBounds(positions.map(point), { padding: [48, 48], maxZoom: most || STREET_ZOOM + 1, animate: false });
      } else if (positions.length === 1) {
        map.setView(point(positions[0]), most || STREET_ZOOM, { animate: false });
      } else if (area) {
        map.fitBounds([point([area.west, area.south]), point([area.east, area.north])], { animate: false });
      }
    }

    // Marks of our own lie above the base map: the way below the dots, both below the pins.
    map.createPane("ways").style.zIndex = 440;
    map.createPane("dots").style.zIndex = 450;
    var dotted = L.canvas({ pane: "dots", padding: 0.3, tolerance: 12 });
    var drawn = [];

    function painted(layer, styleOf) {
      function paint() { layer.setStyle(styleOf()); }
      layer.on("add", function () { drawn.push(paint); paint(); });
      layer.on("remove", function () { drawn.splice(drawn.indexOf(paint), 1); });
      return layer;
    }

    function dotStyle() { return { color: token(frame, "--map-dot-edge"), fillColor: token(frame, "--map-dot") }; }

    function named(feature) {
      var name = document.createElement("strong");
      name.textContent = feature.properties.name;
      return name;
    }

    function dots(features, popup) {
      var group = L.featureGroup(features.map(function (one) {
        return L.circleMarker(point(one.geometry.coordinates), { renderer: dotted, pane: "dots", radius: 5, weight: 1.5, fillOpacity: 1 })
          .bindPopup(function () { return (popup || named)(one); }, { closeButton: false });
      }));
      return painted(group, dotStyle).addTo(map);
    }

    function way(positions) {
      var line = positions.map(point);
      var plain = { pane: "ways", interactive: false, lineCap: "round", lineJoin: "round" };
      var edge = painted(L.polyline(line, L.extend({ weight: 9 }, plain)), function () { return { color: token(frame, "--map-way-edge") }; });
      var core = painted(L.polyline(line, L.extend({ weight: 5 }, plain)), function () { return { color: token(frame, "--map-way") }; });
      return L.layerGroup([edge, core]).addTo(map);
    }

    // The base map, in the light of the moment.
    var dark = look("(prefers-color-scheme: dark)");
    var strong = look("(prefers-contrast: more)");
    var ground = null;

    function lay() {
      if (words.base === "own") {
        if (ground) { ground.remove(); }
        ground = yizhan.cartography(map, {
          address: words.address, closest: Number(words.closest), language: words.language,
          dark: dark.matches, strong: strong.matches, fonts: getComputedStyle(frame).fontFamily
        });
      }
      drawn.forEach(function (paint) { paint(); });
    }

    lay();
    if (words.base === "tiles") { raster(map, frame); }
    onChange(dark, lay);
    onChange(strong, lay);
    show([]);

    return { map: map, point: point, lonlat: lonlat, icon: icon, show: show, dots: dots, way: way };
  };
})();
