/* The stations that the phone has kept, asked as the house would be asked: which door is open when I get there?

   window.yizhan.kept(pack) -> {
     nearest(query)   the same answer as stations/questions/nearest.py gives where it knows no street
     state(at, when)  what the clock rule says of the station in a row, as the pack has it
     wall(when)       {day, clock}: the day since 1970 and the time of day where the stations are
   }
   Moments are seconds since 1970. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var A_DAY_S = 86400;
  var HORIZON_S = 8 * A_DAY_S; // as far as the clock rule looks ahead
  var SOON_S = 12 * 3600;
  var LATER = 3;
  var FARTHER = 3;
  var SERVES = "13"; // has it, or has it next door

  function two(number) { return (number < 10 ? "0" : "") + number; }

  function radians(degrees) { return degrees * Math.PI / 180; }

  yizhan.kept = function (pack) {
    var stations = pack.stations;
    var keys = Object.keys(pack.amenities);

    function ahead(when) {
      var minute = (when - pack.midnight) / 60;
      var found = pack.offsets[0][1];
      pack.offsets.forEach(function (one) { if (one[0] <= minute) { found = one[1]; } });
      return found * 60;
    }

    function wall(when) {
      var local = Math.floor(when + ahead(when));
      var day = Math.floor(local / A_DAY_S);
      var minute = Math.floor((local - day * A_DAY_S) / 60);
      return { day: day, clock: two(Math.floor(minute / 60)) + ":" + two(minute % 60) };
    }

    function state(at, when) {
      var minute = (when - pack.midnight) / 60;
      if (minute < 0 || minute >= pack.minutes) { return { state: "unknown", until: null, said: null }; }
      var spans = pack.rules[stations.rule[at]];
      var now = 0;
      while (now + 2 < spans.length && spans[now + 2] <= minute) { now += 2; }
      var said = spans[now + 1];
      var next = now + 2;
      while (next < spans.length && pack.states[spans[next + 1]] === pack.states[said]) { next += 2; }
      var until = next < spans.length ? pack.midnight + spans[next] * 60 : null;
      return { state: pack.states[said], until: until !== null && until - when <= HORIZON_S ? until : null, said: said };
    }

    // It is none of the dates on which the station is there: a pack of before does not say.
    function isAway(one) { return (pack.away || []).indexOf(one.said) >= 0; }

    function metresFrom(lon, lat, at) {
      var halfLat = radians(stations.lat[at] - lat) / 2;
      var halfLon = radians(stations.lon[at] - lon) / 2;
      var chord = Math.pow(Math.sin(halfLat), 2) +
        Math.cos(radians(lat)) * Math.cos(radians(stations.lat[at])) * Math.pow(Math.sin(halfLon), 2);
      return 2 * pack.radius * Math.asin(Math.sqrt(Math.min(chord, 1)));
    }

    function words(text) { return text ? text.split(" ") : []; }

    function has(at, key) { return stations.has[at].charAt(keys.indexOf(key)) || "0"; }

    function isFor(at, who) {
      var eligible = words(stations.eligible[at]);
      return !who.length || !eligible.length || eligible.indexOf("everyone") >= 0 ||
        eligible.some(function (key) { return who.indexOf(key) >= 0; });
    }

    // What someone is, and the wider groups that they belong to.
    function widened(who) {
      return who.reduce(function (held, key) {
        return held.concat(key, (pack.eligible[key] || []).slice(2));
      }, []);
    }

    function unfit(found, query, who) {
      var reasons = [];
      if (found.arrival.state === "closed") {
        var now = state(found.at, query.when);
        reasons.push(now.state === "open" && now.until !== null
          ? { key: "closing", when: now.until, early: found.seconds - (now.until - query.when) }
          : { key: "closed", when: found.arrival.until });
      }
      if (!isFor(found.at, who)) { reasons.push({ key: "not_for" }); }
      query.amenities.slice().sort().forEach(function (key) {
        var one = has(found.at, key);
        if (SERVES.indexOf(one) < 0) { reasons.push({ key: one === "2" ? "lacks" : "not_known", amenity: key }); }
      });
      found.reasons = reasons;
      return found;
    }

    function nearest(query) {
      var speed = pack.speeds[query.mode];
      var reach = query.minutes * 60 * speed;
      var who = widened(query.who);
      var fits = [];
      var almost = [];
      var shut = [];
      var farther = [];
      var opened = 0;

      function take(found) {
        var beyond = found.metres > reach;
        if (beyond && fits.length) { return false; }
        found.seconds = found.metres / speed;
        found.arrival = state(found.at, query.when + found.seconds);
        found.reasons = [];
        var suits = isFor(found.at, who) && query.amenities.every(function (key) {
          return SERVES.indexOf(has(found.at, key)) >= 0;
        });
        if (suits && found.arrival.state !== "closed") {
          if (beyond) {
            found.reasons = [{ key: "too_far" }];
            farther.push(found);
            return farther.length < FARTHER;
          }
          fits.push(found);
          if (found.arrival.state === "open") { opened += 1; }
          return opened < query.limit;
        }
        if (!beyond) {
          var opens = suits && !opened && found.arrival.until !== null && found.arrival.until - query.when <= SOON_S;
          var away = isAway(found.arrival) && isAway(state(found.at, query.when));
          if (opens || (!away && almost.length < query.limit)) {
            unfit(found, query, who);
            if (opens) { shut.push(found); }
            if (!away && almost.length < query.limit) { almost.push(found); }
          }
        }
        return true;
      }

      stations.code.map(function (_, at) {
        return { at: at, metres: metresFrom(query.lon, query.lat, at) * pack.detour };
      }).sort(function (a, b) { return a.metres - b.metres || a.at - b.at; }).every(take);

      if (fits.length > query.limit) {
        var certain = fits.filter(function (one) { return one.arrival.state === "open"; });
        var others = fits.filter(function (one) { return one.arrival.state !== "open"; });
        var chosen = certain.concat(others).slice(0, query.limit);
        fits = fits.filter(function (one) { return chosen.indexOf(one) >= 0; });
      }
      var later = [];
      if (!opened) {
        later = shut.sort(function (a, b) { return a.arrival.until - b.arrival.until; }).slice(0, LATER);
        almost = almost.filter(function (one) { return later.indexOf(one) < 0; });
      } else if (fits.length) {
        almost = almost.filter(function (one) { return one.metres <= fits[fits.length - 1].metres; });
      }
      return { fits: fits, almost: almost, later: later, farther: farther };
    }

    return { nearest: nearest, state: state, wall: wall, ahead: ahead, has: has, words: words, keys: keys };
  };
})();
