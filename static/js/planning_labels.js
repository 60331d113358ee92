/* Coverage: where the name of a township is written on the map: inside it, and as far as can be from its stations, so that
   a name covers no pin and no pin a name.

   window.yizhan.plan.roomFor(rings, marks) -> [x, y] in the units given: `rings` the outlines, `marks` what to keep clear. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var ACROSS = 13;
  var EDGE = 1.6; // a name is wider than high: it wants more room to the border than to a pin

  function inside(rings, x, y) {
    var odd = false;
    rings.forEach(function (ring) {
      for (var i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        var a = ring[i], b = ring[j];
        if ((a[1] > y) !== (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]) { odd = !odd; }
      }
    });
    return odd;
  }

  function toEdge(rings, x, y) {
    var least = Infinity;
    rings.forEach(function (ring) {
      for (var i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        var a = ring[j], b = ring[i];
        var dx = b[0] - a[0], dy = b[1] - a[1];
        var long = dx * dx + dy * dy;
        var t = long ? Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / long)) : 0;
        least = Math.min(least, Math.pow(x - a[0] - t * dx, 2) + Math.pow(y - a[1] - t * dy, 2));
      }
    });
    return Math.sqrt(least);
  }

  plan.roomFor = function (rings, marks) {
    var west = Infinity, east = -Infinity, low = Infinity, high = -Infinity;
    rings.forEach(function (ring) {
      ring.forEach(function (at) {
        west = Math.min(west, at[0]); east = Math.max(east, at[0]);
        low = Math.min(low, at[1]); high = Math.max(high, at[1]);
      });
    });
    var near = marks.filter(function (at) { return at[0] > west && at[0] < east && at[1] > low && at[1] < high; });
    var best = null, most = -Infinity;
    for (var i = 1; i < ACROSS; i++) {
      for (var j = 1; j < ACROSS; j++) {
        var x = west + (east - west) * i / ACROSS, y = low + (high - low) * j / ACROSS;
        if (!inside(rings, x, y)) { continue; }
        var room = toEdge(rings, x, y) / EDGE;
        near.forEach(function (at) {
          // Sideways a name reaches twice as far.
          room = Math.min(room, Math.sqrt(Math.pow((at[0] - x) / 2, 2) + Math.pow(at[1] - y, 2)));
        });
        if (room > most) { most = room; best = [x, y]; }
      }
    }
    return best;
  };
})();
