/* How the atlas's own vector tiles are drawn: one place for every colour, width and name of the base map.
   How names are set is in lettering.js.

   window.yizhan.cartography(map, look) lays the tiles under a Leaflet map. `look`: address with {z}, {x}, {y};
   closest data zoom; language; dark, strong (contrast); fonts. Leaflet's zoom is one more than that of the data: a tile of
   data is 512 pixels wide. What the layers and kinds are is said in geodata/tiles.py. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};

  var LIGHT = {
    ground: "#f6f1e7", water: "#a8cfe0", shore: "#8bb9cd", waterText: "#245a75",
    land: {
      homes: "#efe8da", commercial: "#f3e5d3", industrial: "#e9e4de", construction: "#ebe2cd", school: "#f2e8c9",
      hospital: "#f6e0d6", civic: "#f0e4d4", square: "#f4e9d2", park: "#cfe3b4", wood: "#c3dbab", grass: "#dcebc4",
      farm: "#eff0d6", pitch: "#bfdda9", rock: "#e6e2da", beach: "#f5eac4", railway: "#e7e2da"
    },
    landEdge: "#c9bda6", greenText: "#33602a", building: "#e0d4c1", buildingEdge: "#c6b79d",
    rail: "#8b8379", railGap: "#f6f1e7",
    road: { 0: "#f4c47a", 1: "#f8d48e", 2: "#fbe2a6", 3: "#fef1c9", 4: "#ffffff", 5: "#ffffff", 6: "#fffaf0" },
    edge: { 0: "#b67c34", 1: "#bd8b3f", 2: "#c49a52", 3: "#c3a56c", 4: "#c5b394", 5: "#c9b99b", 6: "#cdbfa4" },
    path: "#b08a5b", text: "#2b251d", soft: "#564d42", halo: "#fffdf8", roadText: "#40372b", roadHalo: "#fffaf0"
  };

  var DARK = {
    ground: "#1d1a16", water: "#1e3a4a", shore: "#2c5165", waterText: "#8fc4de",
    land: {
      homes: "#24201b", commercial: "#2b241d", industrial: "#262420", construction: "#2a261b", school: "#2c281a",
      hospital: "#33241f", civic: "#2a241d", square: "#2e281e", park: "#24331d", wood: "#202e1a", grass: "#25301d",
      farm: "#22231a", pitch: "#29391f", rock: "#25231f", beach: "#332d1d", railway: "#262320"
    },
    landEdge: "#3d362c", greenText: "#9cc98b", building: "#352e26", buildingEdge: "#4b4135",
    rail: "#7d7468", railGap: "#1d1a16",
    road: { 0: "#96692a", 1: "#86632e", 2: "#776033", 3: "#685a42", 4: "#5a5045", 5: "#51483e", 6: "#463e35" },
    edge: { 0: "#14110d", 1: "#14110d", 2: "#14110d", 3: "#14110d", 4: "#14110d", 5: "#14110d", 6: "#14110d" },
    path: "#8f7650", text: "#f7f0e4", soft: "#cfc5b6", halo: "#14110d", roadText: "#eae0d0", roadHalo: "#14110d"
  };

  /* For those who ask for more contrast: edges and lettering as dark, or as light, as they can be. */
  var STRONG = {
    light: { text: "#000", soft: "#000", roadText: "#000", halo: "#fff", roadHalo: "#fff", waterText: "#003049", greenText: "#143d0d",
      edge: { 0: "#5a3200", 1: "#5a3b00", 2: "#5f4a1c", 3: "#6b5a33", 4: "#7a6c55", 5: "#857862", 6: "#857862" },
      buildingEdge: "#8a795c", path: "#6e4a1c", rail: "#3d3832" },
    dark: { text: "#fff", soft: "#fff", roadText: "#fff", halo: "#000", roadHalo: "#000", waterText: "#cdeaf8", greenText: "#d3f0c8",
      road: { 0: "#c48a35", 1: "#ad843f", 2: "#9a7c46", 3: "#877351", 4: "#786a58", 5: "#6c6051", 6: "#5c5145" },
      buildingEdge: "#75664f", path: "#d0ae79", rail: "#c4baab" }
  };

  function paletteOf(look) {
    return L.extend({}, look.dark ? DARK : LIGHT, look.strong ? STRONG[look.dark ? "dark" : "light"] : null);
  }

  // Widths in pixels at Leaflet's zooms 8, 10, 12, 14, 16, 18 and 19, by rank; a rank is as in geodata/tiles.py.
  var ZOOMS = [8, 10, 12, 14, 16, 18, 19];
  var WIDTHS = {
    0: [0.9, 1.5, 2.3, 4, 9, 18, 26], 1: [0.8, 1.4, 2.2, 3.8, 8.5, 17, 25], 2: [0.6, 1.1, 1.9, 3.6, 8, 16, 24],
    3: [0, 0.8, 1.5, 3.1, 7.2, 14, 21], 4: [0, 0.5, 1.2, 2.6, 6.4, 13, 19], 5: [0, 0, 0.5, 1.6, 5, 10.5, 16],
    6: [0, 0, 0, 0.9, 3, 6.5, 10], 7: [0, 0, 0, 0.6, 1.3, 2.2, 3]
  };
  var FOOT = 7;

  function between(zoom, values) {
    if (zoom <= ZOOMS[0]) { return values[0]; }
    for (var i = 1; i < ZOOMS.length; i += 1) {
      if (zoom <= ZOOMS[i]) {
        return values[i - 1] + (values[i] - values[i - 1]) * (zoom - ZOOMS[i - 1]) / (ZOOMS[i] - ZOOMS[i - 1]);
      }
    }
    return values[values.length - 1];
  }

  function rankOf(feature) { return feature.props.rank; }

  function roadWidth(zoom, feature) {
    return between(zoom, WIDTHS[rankOf(feature)]) * (feature.props.link ? 0.65 : 1);
  }

  function edgeWidth(zoom, feature) {
    var width = roadWidth(zoom, feature);
    return width < 1.2 ? 0 : width + (zoom >= 16 ? 2.2 : zoom >= 14 ? 1.5 : 1);
  }

  function paintRules(colours) {
    var P = protomapsL;

    function line(layer, filter, options) {
      return { dataLayer: layer, filter: filter, symbolizer: new P.LineSymbolizer(L.extend({ lineJoin: "round", perFeature: true }, options)) };
    }

    function on(level) {
      return function (zoom, feature) {
        // From afar a tunnel is part of its road.
        return rankOf(feature) < FOOT && (zoom < 13 ? level === 0 : (feature.props.level || 0) === level);
      };
    }

    function roadEdge(zoom, feature) { return colours.edge[rankOf(feature)]; }
    function roadFill(zoom, feature) { return colours.road[rankOf(feature)]; }
    function above(zoom, feature) { return feature.props.level !== -1; }
    function foot(zoom, feature) { return rankOf(feature) === FOOT && zoom >= 15; }

    function roads(level, cap) {
      return [
        line("roads", function (zoom, feature) { return on(level)(zoom, feature) && edgeWidth(zoom, feature) > 0; },
          { color: roadEdge, width: edgeWidth, lineCap: level === 1 ? "butt" : cap }),
        line("roads", on(level), { color: roadFill, width: roadWidth, lineCap: cap })
      ];
    }

    var tunnels = [
      line("roads", function (zoom, feature) { return on(-1)(zoom, feature) && zoom >= 13; },
        { dashColor: roadEdge, dashWidth: function (zoom, feature) { return Math.max(1, roadWidth(zoom, feature)); }, dash: [3, 3], lineCap: "butt", opacity: 0.55 })
    ];

    return [
      { dataLayer: "land", symbolizer: new P.PolygonSymbolizer({ perFeature: true,
        fill: function (zoom, feature) { return colours.land[feature.props.kind] || colours.ground; } }) },
      line("streams", undefined, { color: colours.water, lineCap: "round", width: function (zoom, feature) {
        var wide = feature.props.kind === "river" ? [1, 1.6, 2.4, 3.2, 5, 9, 12] : [0.5, 0.7, 1, 1.4, 2.2, 4, 6];
        return between(zoom, wide);
      } }),
      { dataLayer: "water", symbolizer: new P.PolygonSymbolizer({ fill: colours.water, stroke: colours.shore, width: 0.6 }) },
      { dataLayer: "buildings", minzoom: 15, symbolizer: new P.PolygonSymbolizer({ fill: colours.building, stroke: colours.buildingEdge, width: 0.7 }) }
    ].concat(tunnels, [
      line("rails", function (zoom, feature) { return !above(zoom, feature) && zoom >= 14; },
        { dashColor: function () { return colours.rail; }, dashWidth: function () { return 1.2; }, dash: [2, 5], lineCap: "butt" }),
      line("roads", function (zoom, feature) { return foot(zoom, feature) && feature.props.kind !== "steps"; },
        { dashColor: function () { return colours.path; }, dashWidth: roadWidth, dash: [4, 2.5], lineCap: "butt" }),
      line("roads", function (zoom, feature) { return foot(zoom, feature) && feature.props.kind === "steps"; },
        { dashColor: function () { return colours.path; }, dashWidth: function (zoom) { return zoom >= 17 ? 4 : 2.5; }, dash: [1.5, 1.5], lineCap: "butt" })
    ], roads(0, "round"), [
      line("rails", above, { color: colours.rail, width: function (zoom, feature) { return (feature.props.kind === "rail" ? 1 : 0.7) * between(zoom, [0.8, 1, 1.6, 2.4, 3.6, 5, 6]); } }),
      line("rails", function (zoom, feature) { return above(zoom, feature) && zoom >= 13 && feature.props.kind === "rail"; }, {
        dashColor: function () { return colours.railGap; }, dash: [7, 7], lineCap: "butt",
        dashWidth: function (zoom) { return between(zoom, [0, 0, 0.6, 1.3, 2.2, 3.2, 4]); }
      })
    ], roads(1, "round"));
  }

  function namer(language) {
    return function (feature) { return feature.props[language] || feature.props.name || ""; };
  }

  function labelRules(colours, look) {
    var name = namer(look.language);

    function rule(layer, kinds, from, to, symbolizer) {
      return { dataLayer: layer, minzoom: from, maxzoom: to, symbolizer: symbolizer, filter: kinds };
    }

    function is(kinds) {
      var known = {};
      kinds.split(" ").forEach(function (kind) { known[kind] = true; });
      return function (zoom, feature) { return known[feature.props.kind] === true; };
    }

    function style(own) {
      return L.extend({
        name: name, fonts: look.fonts, halo: colours.halo, haloWidth: look.strong ? 4.5 : 3.5, row: 8, repeat: 320,
        weight: function () { return "400"; }, fill: function () { return colours.text; }, size: function () { return 13; }
      }, own);
    }

    function point(own) { return yizhan.lettering.atPoint(style(own)); }
    function line(own) { return yizhan.lettering.alongLine(style(own)); }
    function always(value) { return function () { return value; }; }
    function grows(values) { return function (zoom) { return Math.round(between(zoom, values)); }; }
    function ranks(low, high) {
      return function (zoom, feature) { return rankOf(feature) >= low && rankOf(feature) <= high && !feature.props.link; };
    }

    var street = { halo: colours.roadHalo, fill: always(colours.roadText) };

    return [
      rule("names", is("city county"), 5, 14, point({ size: grows([15, 17, 19, 20, 20, 20, 20]), weight: always("700") })),
      rule("names", is("town borough"), 8, 16, point({ size: grows([12, 14, 16, 18, 18, 18, 18]), weight: always("700") })),
      rule("names", is("station"), 13, 20, point({ size: grows([12, 12, 12, 12, 14, 15, 15]), weight: always("600"), dot: true })),
      rule("roads", ranks(0, 2), 12, 20, line(L.extend({}, street, { size: grows([11, 11, 12, 13, 14, 16, 17]), weight: always("600") }))),
      rule("names", is("suburb quarter village district"), 11, 18, point({ size: grows([11, 11, 12, 14, 15, 16, 16]), weight: always("600"), fill: always(colours.soft) })),
      rule("streams", undefined, 12, 20, line({ size: grows([12, 12, 12, 13, 14, 15, 15]), weight: always("italic 400"), fill: always(colours.waterText), repeat: 500 })),
      rule("names", is("water"), 11, 20, point({ size: grows([12, 12, 12, 13, 14, 15, 15]), weight: always("italic 400"), fill: always(colours.waterText) })),
      rule("names", is("green"), 12, 20, point({ size: grows([11, 11, 12, 12, 13, 14, 15]), fill: always(colours.greenText) })),
      rule("roads", ranks(3, 4), 14, 20, line(L.extend({}, street, { size: grows([11, 11, 11, 12, 14, 16, 17]), weight: always("500") }))),
      rule("names", is("neighbourhood hamlet isolated_dwelling"), 13, 18, point({ size: grows([11, 11, 12, 12, 13, 14, 14]), weight: always("500"), fill: always(colours.soft) })),
      rule("names", is("square hospital civic market"), 15, 20, point({ size: grows([11, 11, 11, 12, 12, 14, 14]), dot: true, fill: always(colours.soft) })),
      rule("roads", ranks(5, 6), 15, 20, line(L.extend({}, street, { size: grows([11, 11, 11, 11, 12, 15, 16]), repeat: 260 }))),
      rule("names", is("school sight bus peak"), 15, 20, point({ size: grows([11, 11, 11, 11, 12, 13, 14]), dot: true, fill: always(colours.soft) })),
      rule("names", is("estate works locality farm"), 16, 20, point({ size: grows([11, 11, 11, 11, 12, 13, 14]), fill: always(colours.soft) })),
      rule("roads", ranks(7, 7), 17, 20, line(L.extend({}, street, { size: always(12), fill: always(colours.soft), repeat: 260 }))),
      rule("names", is("building"), 17, 20, point({ size: always(12), fill: always(colours.soft) }))
    ];
  }

  /* Where the tiles come from. One that cannot be had leaves its place empty, is not remembered, and is asked for again
     when the phone is online again or the map is moved. */
  function tileSource(address, missed) {
    return { getZxy: function (z, x, y, signal) {
      var one = address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
      return fetch(one, { signal: signal }).then(function (answer) {
        if (answer.status === 204) { return undefined; }
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.arrayBuffer().then(function (data) { return { data: data }; });
      }).catch(function (fault) {
        if (fault.name !== "AbortError") { missed(); }
        // The drawing library is quiet about what was called off.
        var off = new Error("no tile");
        off.name = "AbortError";
        throw off;
      });
    } };
  }

  // Chrome before 66 cannot call a request off: it is let run, then.
  function withoutCallingOff() {
    if (window.AbortController) { return; }
    window.AbortController = function () { this.signal = undefined; };
    window.AbortController.prototype.abort = function () { /* nothing to do */ };
  }

  yizhan.cartography = function (map, look) {
    withoutCallingOff();
    var colours = paletteOf(look);
    var lost = false;
    var layer = protomapsL.leafletLayer({
      url: tileSource(look.address, function () { lost = true; }),
      maxDataZoom: look.closest,
      paintRules: paintRules(colours),
      labelRules: labelRules(colours, look),
      backgroundColor: colours.ground,
      attribution: "",
      lang: look.language,
      // A third pixel for each is not seen on a map, and costs a cheap phone its memory.
      devicePixelRatio: Math.min(2, window.devicePixelRatio || 1),
      maxZoom: map.getMaxZoom(),
      keepBuffer: 1
    });
    // Names are kept for as many tiles as a wide screen shows; the library's own number is that of a small one.
    layer.labelers = new protomapsL.Labelers(layer.scratch, layer.labelRules, 64, layer.onTilesInvalidated);
    map.getContainer().style.backgroundColor = colours.ground;

    function again() {
      if (!lost) { return; }
      lost = false;
      layer.rerenderTiles();
    }

    layer.on("add", function () { map.on("moveend", again); window.addEventListener("online", again); });
    layer.on("remove", function () { map.off("moveend", again); window.removeEventListener("online", again); });
    return layer.addTo(map);
  };
})();
