/* What is asked without a network, read from an address as the house would read it.

   window.yizhan.readPosition(text) -> [lon, lat] as they were typed, or null
   window.yizhan.shortened(degrees) -> as it may stand in an address
   window.yizhan.asked(pack, kept, cards, words) -> read(parameters, now): the question; `asked` says whether it says from
     where, and `fault` what was wrong with that */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var LIMIT = 5;
  var MOST_OTHERS = 5;
  var DECIMALS = 4; // 11 m: an address should not tell more of a person than the question needs
  var BAIDU = Math.PI * 3000 / 180;

  function toWgs84(lon, lat, datum) {
    if (datum === "bd09") {
      var x = lon - 0.0065;
      var y = lat - 0.006;
      var far = Math.sqrt(x * x + y * y) - 0.00002 * Math.sin(y * BAIDU);
      var turn = Math.atan2(y, x) - 0.000003 * Math.cos(x * BAIDU);
      return yizhan.gcj02.toWgs84([far * Math.cos(turn), far * Math.sin(turn)]);
    }
    return datum === "gcj02" ? yizhan.gcj02.toWgs84([lon, lat]) : [lon, lat];
  }

  function readPosition(text) {
    var pair = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
    if (!pair) { return null; }
    var a = Number(pair[1]);
    var b = Number(pair[2]);
    return Math.abs(a) <= 90 && Math.abs(b) > 90 ? [b, a] : [a, b];
  }

  function shortened(degrees) { return degrees.toFixed(DECIMALS); }

  function folded(text) {
    return (text.normalize ? text.normalize("NFKC") : text).toLowerCase().replace(/[\s_-]/g, "");
  }

  yizhan.readPosition = readPosition;
  yizhan.shortened = shortened;

  yizhan.asked = function (pack, kept, cards, words) {
    function moment(text) {
      if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) { return Date.parse(text) / 1000; }
      var local = Date.parse(text + (text.length === 16 ? ":00Z" : "Z")) / 1000;
      return local - kept.ahead(local - kept.ahead(local));
    }

    // Rows of the stations that are called so: by name first, then by address.
    function called(text) {
      var wanted = folded(text);
      var ranked = [];
      pack.stations.code.forEach(function (code, at) {
        var names = [pack.stations.name[at], pack.stations.name_en[at], code].map(folded);
        var place = Math.min.apply(null, names.map(function (name) {
          return name === wanted ? 0 : name.indexOf(wanted) === 0 ? 1 : name.indexOf(wanted) > 0 ? 2 : 9;
        }));
        if (place === 9 && folded(pack.stations.address[at]).indexOf(wanted) >= 0) { place = 3; }
        if (wanted && place < 9) { ranked.push([place, at]); }
      });
      return ranked.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; }).map(function (one) { return one[1]; });
    }

    return function (asked, now) {
      var text = (asked.get("where") || "").trim();
      var lon = Number(asked.get("lon"));
      var lat = Number(asked.get("lat"));
      var given = asked.get("lon") && asked.get("lat") && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
      var query = {
        mode: pack.speeds[asked.get("mode")] ? asked.get("mode") : "walk",
        minutes: Math.min(Math.max(Number(asked.get("minutes")) || 15, 1), 120),
        amenities: asked.getAll("amenity").filter(function (key) { return pack.amenities[key]; }),
        who: asked.getAll("who").filter(function (key) { return pack.eligible[key]; }),
        limit: Math.min(Math.max(Number(asked.get("limit")) || LIMIT, 1), 50),
        at: asked.get("at") || "", text: text, datum: asked.get("datum") || "", others: [], from: "", position: false
      };
      query.when = query.at ? moment(query.at) || now : now;
      var pair = given ? [lon, lat] : readPosition(text);
      if (pair) {
        pair = given && text ? pair : toWgs84(pair[0], pair[1], query.datum);
        query.lon = pair[0];
        query.lat = pair[1];
        query.position = true;
        query.from = given ? text : "";
      } else if (text) {
        var rows = called(text);
        if (rows.length) {
          query.lon = pack.stations.lon[rows[0]];
          query.lat = pack.stations.lat[rows[0]];
          query.from = cards.name(rows[0]);
          query.others = rows.slice(1, MOST_OTHERS + 1);
        } else {
          query.fault = yizhan.filled(words.no_such_name, { text: text });
        }
      }
      query.asked = query.lon !== undefined;
      return query;
    };
  };
})();
