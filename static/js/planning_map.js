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
  if (window.innerWidth >= 560) { return; }
  document.querySelector(".yz-legend").open = false;
  var layers = document.querySelector(".leaflet-control-layers");
  function fold() { layers.classList.remove("leaflet-control-layers-expanded"); }
  fold();
  document.querySelector(".leaflet-map-pane").parentNode.addEventListener("click", function (tap) {
    if (!layers.contains(tap.target)) { fold(); }
  });
});

function yizhanTownship(feature, layer) {
  yizhanCard(feature, layer);
  var label = document.createElement("span");
  label.textContent = feature.properties.label;
  layer.bindTooltip(label, { permanent: true, direction: "center", className: "yz-label", interactive: false });
}
