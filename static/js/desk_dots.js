/* Thousands of stations as dots on a chart, painted on one canvas with no object for each.

   window.yizhan.manyDots(chart, data) with data's columns code, name, lon, lat, sign gives
     at(code)         where it is, an L.LatLng, or null
     nearest(point)   the row of the dot under a finger, or -1
     ring(code)       puts a ring around one, and none around any other; without a code, around none */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var NEAR_PX = 16;
  var RADIUS = 5;
  var STAMP_PX = 18;
  var COLOURS = ["--open", "#2f6fb3", "--unknown", "--closed"];
  var WRONG = 3;
  var RETIRED = 2;

  function colour(frame, name) {
    return name.charAt(0) === "-" ? getComputedStyle(frame).getPropertyValue(name).trim() : name;
  }

  yizhan.manyDots = function (chart, data) {
    var map = chart.map;
    var frame = map.getContainer();
    var count = data.code.length;
    var x = new Float64Array(count);
    var y = new Float64Array(count);
    var rows = {};
    // What is wrong is painted last, so that it is on top.
    var order = [];
    var canvas = document.createElement("canvas");
    var rung = null;

    for (var at = 0; at < count; at += 1) {
      var spot = map.project(chart.point([data.lon[at], data.lat[at]]), 0);
      x[at] = spot.x;
      y[at] = spot.y;
      rows[data.code[at]] = at;
      order.push(at);
    }
    order.sort(function (one, other) {
      var first = data.sign[one] === RETIRED ? -1 : data.sign[one];
      var second = data.sign[other] === RETIRED ? -1 : data.sign[other];
      return first - second || one - other;
    });
    canvas.className = "dots leaflet-zoom-hide";
    canvas.setAttribute("aria-hidden", "true");
    map.getPane("dots").appendChild(canvas);

    // Each kind of dot is drawn once and then stamped: a stamp takes a tenth of the time of a circle.
    function stamp(sign, sharp) {
      var one = document.createElement("canvas");
      one.width = one.height = STAMP_PX * sharp;
      var brush = one.getContext("2d");
      var middle = STAMP_PX / 2;
      brush.scale(sharp, sharp);
      brush.lineWidth = 1.5;
      brush.strokeStyle = colour(frame, "--map-dot-edge");
      brush.fillStyle = colour(frame, COLOURS[sign]);
      brush.beginPath();
      if (sign === WRONG) {
        brush.moveTo(middle, middle - RADIUS - 2);
        brush.lineTo(middle + RADIUS + 2, middle);
        brush.lineTo(middle, middle + RADIUS + 2);
        brush.lineTo(middle - RADIUS - 2, middle);
        brush.closePath();
      } else {
        brush.arc(middle, middle, sign === RETIRED ? RADIUS - 1.5 : RADIUS, 0, 2 * Math.PI);
      }
      brush.fill();
      brush.stroke();
      return one;
    }

    function paint() {
      var size = map.getSize();
      var sharp = window.devicePixelRatio || 1;
      var corner = map.getPixelBounds().min;
      var scale = Math.pow(2, map.getZoom());
      var brush = canvas.getContext("2d");
      var stamps = COLOURS.map(function (_, sign) { return stamp(sign, sharp); });
      var half = STAMP_PX / 2;
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      canvas.width = size.x * sharp;
      canvas.height = size.y * sharp;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      order.forEach(function (row) {
        var left = x[row] * scale - corner.x;
        var top = y[row] * scale - corner.y;
        if (left < -half || top < -half || left > size.x + half || top > size.y + half) { return; }
        brush.drawImage(stamps[data.sign[row]], Math.round((left - half) * sharp), Math.round((top - half) * sharp));
      });
    }

    function nearest(point) {
      var corner = map.getPixelBounds().min;
      var scale = Math.pow(2, map.getZoom());
      var best = -1;
      var least = NEAR_PX * NEAR_PX;
      for (var row = 0; row < count; row += 1) {
        var left = x[row] * scale - corner.x - point.x;
        var top = y[row] * scale - corner.y - point.y;
        var apart = left * left + top * top;
        if (apart <= least) { best = row; least = apart; }
      }
      return best;
    }

    function at_(code) {
      var row = rows[code];
      return row === undefined ? null : chart.point([data.lon[row], data.lat[row]]);
    }

    function ring(code) {
      var place = code ? at_(code) : null;
      if (rung) { rung.remove(); rung = null; }
      if (place) {
        rung = L.circleMarker(place, { radius: 11, weight: 4, fill: false, interactive: false, color: colour(frame, "--amber") }).addTo(map);
      }
    }

    map.on("moveend zoomend resize viewreset", paint);
    paint();
    return { at: at_, nearest: nearest, ring: ring, paint: paint };
  };
})();
