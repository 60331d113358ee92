/* Planning: what both maps have beneath their marks. The townships by their share with their names, the area within reach in
   bands of minutes, the legend as the switchboard of the layers, and the piece of map that one looks at.

   window.yizhan.plan.ground(chart, frame, own) gives
     layers       L.layerGroup by name: reach, towns, and those of `own.layers`; each is on the map while its box is checked
     towns        the townships drawn so far, by their place in the atlas: { layer, lit, share }
     shape(g)     the rings of a GeoJSON polygon on this map
     recolour(t)  paints the townships as the rows of a list say
     light(at)    lights one township up, and all others down
     redraw()     follows plan.data after the page came anew
     begin(then)  fetches the townships, then calls `then`
   `own.marks()` gives the positions that names are to keep clear, `own.tap(at, event)` is called for a township, and
   `own.bands(answer)` may draw the area within reach in a way of its own. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var PANES = { towns: 402, reach: 404, names: 590 };
  var NEAR_ZOOM = 13; // from here on pins are as large as a fingertip's aim
  var NAMED_ZOOM = 12;
  var SETTLED_MS = 500;

  function element(tag, text, kind) {
    var one = document.createElement(tag);
    if (text !== undefined && text !== null) { one.textContent = text; }
    if (kind) { one.className = kind; }
    return one;
  }

  plan.element = element;

  // What cards on a map are made of: a box, its buttons, and the popup that shows one at a time.
  plan.cardKit = function (map, sizes) {
    var popup = L.popup(Object.assign({ closeButton: false, autoPanPadding: [16, 16] }, sizes));

    function words(name) { return plan.data.words[name]; }

    return {
      popup: popup,
      words: words,
      card: function (title, rows) {
        var box = element("div", null, "plan-card");
        if (title) { box.appendChild(element("strong", title)); }
        rows.forEach(function (row) { if (row) { box.appendChild(element("p", row)); } });
        return box;
      },
      button: function (box, name, act) {
        var one = box.appendChild(element("button", words(name), "quiet"));
        one.type = "button";
        one.addEventListener("click", function () { map.closePopup(); act(); });
        return one;
      },
      open: function (at, box) { popup.setLatLng(at).setContent(box).openOn(map); }
    };
  };

  plan.ground = function (chart, frame, own) {
    var map = chart.map;
    var layers = { reach: L.layerGroup(), towns: L.layerGroup() };
    var shown = {};
    var towns = {}, labels = {};
    var reachAsked = "";

    Object.keys(PANES).forEach(function (name) { map.createPane(name).style.zIndex = PANES[name]; });
    own.layers.forEach(function (name) { layers[name] = L.layerGroup(); });
    Object.keys(layers).forEach(function (name) {
      shown[name] = true;
      layers[name].addTo(map);
    });

    function ringed(ring) { return ring.map(chart.point); }
    function shape(geometry) {
      if (geometry.type === "Polygon") { return geometry.coordinates.map(ringed); }
      if (geometry.type === "MultiPolygon") { return geometry.coordinates.map(function (one) { return one.map(ringed); }); }
      return [];
    }

    // Townships

    function classOf(share) {
      if (!plan.data.classes.length) { return "town plain"; }
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

    function drawTowns(answer) {
      answer.features.forEach(function (feature) {
        if (!feature.geometry) { return; }
        var at = feature.properties.at;
        var layer = L.polygon(shape(feature.geometry), { pane: "towns", className: "town", weight: 1.2, fillOpacity: 1, bubblingMouseEvents: false });
        layer.on("click", function (event) { own.tap(at, event); })
          .on("mouseover", function () { plan.tell("light", { kind: "town", at: String(at), from: "map" }); })
          .on("mouseout", function () { plan.tell("light", { from: "map" }); })
          .addTo(layers.towns);
        var name = element("span", "", "");
        var title = name.appendChild(element("b", feature.properties.name));
        var share = name.appendChild(element("span", ""));
        labels[at] = { title: title, share: share, mark: L.marker(layer.getBounds().getCenter(), {
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
      var at = map.project(latlng, NAMED_ZOOM);
      return [at.x, at.y];
    }

    function ringsOf(layer) {
      var all = layer.getLatLngs();
      while (Array.isArray(all[0]) && Array.isArray(all[0][0])) { all = [].concat.apply([], all); }
      return all.map(function (ring) { return ring.map(flat); });
    }

    function placeNames() {
      var marks = own.marks().map(function (at) { return flat(chart.point(at)); });
      Object.keys(labels).forEach(function (at) {
        var room = plan.roomFor(ringsOf(towns[at].layer), marks);
        if (room) { labels[at].mark.setLatLng(map.unproject(L.point(room[0], room[1]), NAMED_ZOOM)); }
      });
    }

    function recolour(all) {
      (all || []).forEach(function (one) {
        if (!towns[one.at]) { return; }
        paint(towns[one.at], one.share);
        if (!labels[one.at]) { return; }
        labels[one.at].title.textContent = one.name; // the shapes are the same in every language
        labels[one.at].share.textContent = " " + one.said.covered;
        var name = labels[one.at].mark.getElement();
        if (name) { name.classList.toggle("same", one.gains === false); }
      });
    }

    function light(at) {
      Object.keys(towns).forEach(function (one) {
        var lit = one === at;
        if (lit === towns[one].lit) { return; }
        towns[one].lit = lit;
        paint(towns[one], towns[one].share);
        if (lit) { towns[one].layer.bringToFront(); }
      });
    }

    // The area within reach

    function drawBands(answer) {
      var last = answer.features.length - 1;
      answer.features.forEach(function (feature, at) {
        if (!feature.geometry) { return; }
        L.polygon(shape(feature.geometry), {
          pane: "reach", className: "band band-" + (last - at), interactive: false, stroke: false, fillOpacity: 1, smoothFactor: 0.6
        }).addTo(layers.reach);
      });
    }

    function drawReach() {
      var address = plan.data.reach;
      if (!address || address === reachAsked || !shown.reach) { return; }
      reachAsked = address;
      fetch(address, { credentials: "same-origin" }).then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(new Error(address));
      }).then(function (answer) {
        if (address !== reachAsked) { return; }
        layers.reach.clearLayers();
        (own.bands || drawBands)(answer);
      }).catch(function () { if (address === reachAsked) { reachAsked = ""; } });
    }

    // Layers on and off, by the legend

    document.addEventListener("change", function (change) {
      var name = change.target.dataset && change.target.dataset.layer;
      if (!name || !layers[name]) { return; }
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
    var came = kept.length === 3 && kept.every(isFinite);
    map.options.zoomSnap = 0.5; // so that a county fills its frame
    map.options.zoomDelta = 1;
    if (came) { map.setView(chart.point([kept[0], kept[1]]), kept[2], { animate: false }); } else { chart.show([]); }
    var settling = null;
    map.on("zoomend", far).on("moveend", function () {
      clearTimeout(settling);
      settling = setTimeout(function () {
        var here = chart.lonlat(map.getCenter());
        plan.view("map", here[0].toFixed(4) + "," + here[1].toFixed(4) + "," + map.getZoom());
      }, SETTLED_MS);
    });
    far();
    setSwitches();

    return {
      layers: layers,
      towns: towns,
      shape: shape,
      recolour: recolour,
      light: light,
      redraw: function () {
        recolour(plan.data.towns);
        drawReach();
        setSwitches();
      },
      begin: function (then) {
        fetch(plan.data.shapes, { credentials: "same-origin" }).then(function (answer) {
          return answer.ok ? answer.json() : Promise.reject(new Error(plan.data.shapes));
        }).then(drawTowns).catch(function () { /* the table has them all */ }).then(function () {
          drawReach();
          var town = plan.view("town");
          if (town && towns[town] && !came) { map.fitBounds(towns[town].layer.getBounds(), { animate: false }); }
          then();
        });
      }
    };
  };
})();
