/* GCJ-02, the datum of AMap's tiles, to and from WGS-84: the same sums as geodata/datum.py, where they are explained.
   Loaded only under a base map that needs it, and with the page that answers without a network. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};

  var KRASOVSKY_A_M = 6378245.0;
  var KRASOVSKY_E2 = 0.00669342162296594323;
  var SETTLED_DEG = 1e-11;
  var MOST_ROUNDS = 40;
  var REACH_DEG = 0.05;
  var EDGE_DEG = 1e-9;

  // The outline of geodata/datum.py, corner by corner. It says where a distortion is applied, and nothing about borders.
  var OUTLINE = (
    "90.1 28.0, 89.0 27.0, 88.4 27.6, 85.9 27.5, 81.8 30.0, 81.1 29.7, 78.5 31.0, 78.0 32.6, 79.0 32.8, 78.5 " +
    "33.4, 78.4 34.2, 77.7 35.1, 76.0 35.5, 75.6 36.4, 74.1 36.9, 74.6 37.8, 74.4 38.3, 73.8 38.2, 73.3 38.8, " +
    "73.7 40.2, 74.8 40.9, 76.3 40.8, 76.7 41.3, 78.0 41.4, 79.9 42.4, 80.3 43.4, 79.5 44.8, 79.7 45.2, 82.0 " +
    "45.6, 82.9 47.5, 85.3 47.4, 85.5 48.6, 86.4 48.8, 86.9 49.5, 88.1 49.4, 88.9 48.5, 90.5 48.0, 91.4 46.8, " +
    "91.1 45.6, 93.6 45.3, 95.5 44.6, 96.6 43.1, 101.6 42.9, 104.9 42.0, 106.7 42.6, 110.2 43.1, 111.4 43.8, " +
    "111.1 44.5, 111.9 45.4, 113.5 45.1, 114.4 45.7, 115.5 45.8, 116.7 46.7, 119.3 47.0, 118.1 47.7, 117.3 " +
    "47.3, 115.8 47.4, 115.2 48.2, 116.6 50.2, 117.8 49.9, 118.8 50.3, 120.3 52.2, 119.8 52.4, 119.7 52.9, " +
    "120.8 53.6, 123.5 53.9, 125.9 53.3, 126.8 52.4, 127.9 50.0, 130.7 49.2, 131.2 48.1, 134.2 48.7, 135.0 " +
    "48.5, 135.1 47.7, 133.3 44.9, 131.5 44.6, 131.6 43.4, 131.3 42.6, 130.7 42.2, 130.1 42.4, 128.6 41.7, " +
    "128.4 41.1, 126.9 41.3, 123.9 39.5, 123.4 36.9, 123.6 30.5, 121.8 22.9, 121.9 21.8, 120.5 21.2, 119.5 " +
    "19.0, 117.2 10.8, 115.2 7.6, 113.0 5.2, 111.0 4.2, 109.3 7.0, 110.6 9.0, 110.3 14.5, 110.0 17.5, 108.2 " +
    "18.6, 107.8 20.3, 108.2 21.2, 106.4 21.7, 106.2 22.5, 105.2 22.9, 104.1 22.2, 102.0 22.1, 102.2 21.2, " +
    "101.9 20.8, 100.9 21.2, 100.1 21.1, 99.6 21.7, 98.9 21.9, 99.0 22.8, 98.3 23.8, 97.7 23.5, 97.2 23.9, " +
    "97.4 25.2, 98.4 26.5, 97.8 28.0, 95.5 27.2, 94.0 27.3, 92.1 26.9"
  ).split(", ").map(function (corner) { return corner.split(" ").map(Number); });

  function insideChina(lon, lat) {
    var inside = false;
    for (var i = 0; i < OUTLINE.length; i += 1) {
      var a = OUTLINE[i];
      var b = OUTLINE[(i + 1) % OUTLINE.length];
      if ((a[1] > lat) !== (b[1] > lat) && lon < a[0] + (lat - a[1]) * ((b[0] - a[0]) / (b[1] - a[1]))) { inside = !inside; }
    }
    return inside;
  }

  function nearChina(lon, lat) {
    var lons = OUTLINE.map(function (corner) { return corner[0]; });
    var lats = OUTLINE.map(function (corner) { return corner[1]; });
    return lon >= Math.min.apply(null, lons) - REACH_DEG && lon <= Math.max.apply(null, lons) + REACH_DEG &&
      lat >= Math.min.apply(null, lats) - REACH_DEG && lat <= Math.max.apply(null, lats) + REACH_DEG;
  }

  function bent(lon, lat) {
    var x = lon - 105.0;
    var y = lat - 35.0;
    var pi = Math.PI;
    var wave = 20.0 * Math.sin(6.0 * pi * x) + 20.0 * Math.sin(2.0 * pi * x);
    var east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
    east += (wave + 20.0 * Math.sin(pi * x) + 40.0 * Math.sin(pi * x / 3.0)) * (2.0 / 3.0);
    east += (150.0 * Math.sin(pi * x / 12.0) + 300.0 * Math.sin(pi * x / 30.0)) * (2.0 / 3.0);
    var north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
    north += (wave + 20.0 * Math.sin(pi * y) + 40.0 * Math.sin(pi * y / 3.0)) * (2.0 / 3.0);
    north += (160.0 * Math.sin(pi * y / 12.0) + 320.0 * Math.sin(pi * y / 30.0)) * (2.0 / 3.0);
    var phi = lat * pi / 180.0;
    var w2 = 1.0 - KRASOVSKY_E2 * Math.sin(phi) * Math.sin(phi);
    var meridian = KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (w2 * Math.sqrt(w2));
    var parallel = KRASOVSKY_A_M / Math.sqrt(w2) * Math.cos(phi);
    return [lon + east / parallel * 180.0 / pi, lat + north / meridian * 180.0 / pi];
  }

  function fromWgs84(pair) {
    return insideChina(pair[0], pair[1]) ? bent(pair[0], pair[1]) : [pair[0], pair[1]];
  }

  function toWgs84(pair) {
    var lon = pair[0];
    var lat = pair[1];
    if (!nearChina(lon, lat)) { return [lon, lat]; }
    var plain = [lon, lat];
    for (var round = 0; round < MOST_ROUNDS; round += 1) {
      var there = bent(plain[0], plain[1]);
      var off = [there[0] - lon, there[1] - lat];
      plain = [plain[0] - off[0], plain[1] - off[1]];
      if (Math.max(Math.abs(off[0]), Math.abs(off[1])) < SETTLED_DEG) { break; }
    }
    var beside = [[0, 0], [EDGE_DEG, 0], [-EDGE_DEG, 0], [0, EDGE_DEG], [0, -EDGE_DEG]];
    var inside = insideChina(lon, lat) || beside.some(function (step) {
      return insideChina(plain[0] + step[0], plain[1] + step[1]);
    });
    return inside ? plain : [lon, lat];
  }

  yizhan.gcj02 = { fromWgs84: fromWgs84, toWgs84: toWgs84 };
})();
