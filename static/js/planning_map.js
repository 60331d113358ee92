/* What the planner's map shows of a feature. Names are set as text, never read as HTML. */
"use strict";

function yizhanCard(feature, layer) {
  var card = document.createElement("div");
  card.className = "yz-card";
  var title = card.appendChild(document.createElement("strong"));
  title.textContent = feature.properties.title;
  var table = card.appendChild(document.createElement("table"));
  feature.properties.rows.forEach(function (pair) {
    if (!pair[1]) { return; }
    var row = table.insertRow();
    var head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    head.textContent = pair[0];
    row.insertCell().textContent = pair[1];
  });
  layer.bindPopup(card, { maxWidth: 320 });
}

L.Map.addInitHook(function () {
  // Folium's own scale shows miles too.
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(this);
  showCounty.call(this);
});

// A frame may have no size yet, and then there is nothing to fit the county into.
function showCounty() {
  var size = this.getSize();
  if (size.x > 50 && size.y > 50) {
    this.fitBounds(this.options.countyBounds, { padding: [12, 12] });
  } else {
    this.once("resize", showCounty);
  }
}

document.addEventListener("DOMContentLoaded", function () {
  // On a phone the legend and the list of layers would hide the map: they open on a tap.
  var legend = document.querySelector(".yz-legend");
  var layers = document.querySelector(".leaflet-control-layers");
  var narrow = window.matchMedia("(max-width: 559px)");
  function show(all) {
    legend.open = all;
    layers.classList.toggle("leaflet-control-layers-expanded", all);
  }
  // A frame learns its width only when the page around it is laid out, so the first answer may not be the last.
  function settle() { show(!narrow.matches); }
  settle();
  if (narrow.addEventListener) { narrow.addEventListener("change", settle); } else { narrow.addListener(settle); }
  document.querySelector(".leaflet-map-pane").parentNode.addEventListener("click", function (tap) {
    if (narrow.matches && !layers.contains(tap.target)) { layers.classList.remove("leaflet-control-layers-expanded"); }
  });
});

function yizhanTownship(feature, layer) {
  yizhanCard(feature, layer);
  var label = document.createElement("span");
  label.textContent = feature.properties.label;
  layer.bindTooltip(label, { permanent: true, direction: "center", className: "yz-label", interactive: false });
}

// A site of a plan: its card opens by a tap or by the keyboard, and the first of two lies on top.
function yizhanSite(feature, layer) {
  yizhanCard(feature, layer);
  layer.options.title = feature.properties.title;
  // The legend lies over the map where there is room for it: no card opens beneath.
  var wide = window.matchMedia("(min-width: 560px)").matches;
  layer.getPopup().options.autoPanPaddingTopLeft = [wide ? 380 : 10, 120];
  layer.setZIndexOffset(-1000 * feature.properties.number);
}
