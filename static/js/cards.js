/* What the phone found without a network, put into the words and cards of templates/finder/card.html.

   window.yizhan.cards(pack, kept, words, language) -> what draws: list(answer, query, now), station(at, now), icon(name) */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var SIGNS = { open: "door-open", closed: "door-closed", unknown: "circle-question-mark", doubtful: "circle-question-mark" };
  var IN_SIGHT = 5;

  function element(tag, kind, inside) {
    var one = document.createElement(tag);
    if (kind) { one.className = kind; }
    [].concat(inside === undefined ? [] : inside).forEach(function (part) {
      one.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
    });
    return one;
  }

  function filled(text, values) {
    return text.replace(/%\((\w+)\)s/g, function (_, name) { return values[name]; });
  }

  function clear(one) {
    while (one.firstChild) { one.removeChild(one.firstChild); }
    return one;
  }

  yizhan.filled = filled;
  yizhan.element = element;
  yizhan.clear = clear;

  yizhan.cards = function (pack, kept, words, language) {
    var stations = pack.stations;
    var told = pack.words[language];
    var tongue = language === "en" ? 1 : 0;
    var sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
    var SVG = "http://www.w3.org/2000/svg";

    function icon(name) {
      var svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("class", "icon");
      svg.setAttribute("aria-hidden", "true");
      svg.setAttribute("focusable", "false");
      var use = document.createElementNS(SVG, "use");
      use.setAttribute("href", sprite + "#i-" + name);
      svg.appendChild(use);
      return svg;
    }

    function signed(tag, kind, sign, text) { return element(tag, kind, [icon(sign), element("span", "", text)]); }

    function counted(pair, number, values) {
      values.num = number;
      return filled(pair[number === 1 ? 0 : 1], values);
    }

    // Moments

    function dayOf(number) { return told.days[new Date(number * 86400000).toISOString().slice(0, 10)]; }

    function reads(when, today) {
      var then = kept.wall(when);
      var days = then.day - today;
      if (days === 0) { return then.clock; }
      if (days === 1) { return filled(words.tomorrow, { clock: then.clock }); }
      if (days > 1 && days < 7) {
        return filled(words.weekday, { weekday: told.weekdays[(then.day + 3) % 7], clock: then.clock });
      }
      return filled(words.day, { day: dayOf(then.day), clock: then.clock });
    }

    function readsUntil(when, today) {
      var then = kept.wall(when);
      return then.clock === "00:00" && then.day === today + 1 ? "24:00" : reads(when, today);
    }

    function looksBack(caution, today) {
      var then = kept.wall(pack.midnight + caution[3] * 60);
      if (then.day === today) { return filled(words.today_back, { clock: then.clock }); }
      if (then.day === today - 1) { return filled(words.yesterday, { clock: then.clock }); }
      return told.days[caution[4]];
    }

    // Facts

    function minutesOf(seconds) { return Math.max(1, Math.ceil(seconds / 60 - 1e-9)); }

    function sayMinutes(seconds) { return filled(words.minutes, { minutes: minutesOf(seconds) }); }

    function sayMetres(metres) {
      return metres < 995 ? filled(words.metres, { metres: Math.max(10, Math.round(metres / 10) * 10) })
        : filled(words.km, { km: (metres / 1000).toFixed(1) });
    }

    function name(at) { return tongue && stations.name_en[at] ? stations.name_en[at] : stations.name[at]; }

    function term(terms, key) { return terms[key] ? terms[key][tongue] : key; }

    function listed(keys, terms) { return keys.map(function (key) { return term(terms, key); }).join(words.comma); }

    function because(arrival) { return arrival.said === null ? "" : told.because[arrival.said]; }

    function withWhy(said, why) { return why ? filled(words.because, { state: said, because: why }) : said; }

    function sayOpen(arrival, today) {
      return arrival.until === null ? words.open : filled(words.open_until, { clock: readsUntil(arrival.until, today) });
    }

    function sayUnsure(arrival) {
      var why = arrival.said === null ? words.too_old : because(arrival);
      return why ? filled(words.unsure, { because: why }) : words.unknown;
    }

    function sayArrival(arrival, today) {
      if (arrival.state === "open") { return withWhy(sayOpen(arrival, today), because(arrival)); }
      return arrival.state === "closed" ? words.closed : sayUnsure(arrival);
    }

    function sayNow(arrival, today) {
      if (arrival.state !== "closed") { return sayArrival(arrival, today); }
      return withWhy(arrival.until === null ? words.closed_now
        : filled(words.closed_now_opens, { clock: reads(arrival.until, today) }), because(arrival));
    }

    function onlyFor(at) {
      var keys = kept.words(stations.eligible[at]);
      return !keys.length || keys.indexOf("everyone") >= 0 ? "" : filled(words.only_for, { people: listed(keys, pack.eligible) });
    }

    function sayReason(reason, found, query, today) {
      if (reason.key === "closed") {
        return withWhy(reason.when === null ? words.closed
          : filled(words.closed_opens, { clock: reads(reason.when, today) }), because(found.arrival));
      }
      if (reason.key === "closing") {
        return withWhy(counted(words.closing, minutesOf(reason.early), { clock: readsUntil(reason.when, today) }), because(found.arrival));
      }
      if (reason.key === "not_for") { return onlyFor(found.at); }
      if (reason.key === "too_far") { return filled(words.too_far, { minutes: query.minutes }); }
      return filled(words[reason.key], { amenity: term(pack.amenities, reason.amenity) });
    }

    function cautions(at, today) {
      return (pack.cautions[stations.code[at]] || []).map(function (one) {
        var what = term(pack.kinds, one[0]);
        if (one[1]) { what += " (" + term(pack.amenities, one[1]) + ")"; }
        return counted(words.caution, one[2], { what: what, clock: looksBack(one, today) });
      });
    }

    function isDoubtful(at) {
      return (pack.cautions[stations.code[at]] || []).some(function (one) { return pack.doubtful.indexOf(one[0]) >= 0; });
    }

    function sayChecked(at) {
      var day = stations.checked[at];
      return day ? filled(words.checked, { day: told.days[day] }) : words.not_checked;
    }

    // "Take me there": with what starts without a network.
    function wayTo(at, mode) {
      var link = document.createElement("a");
      var lon = stations.lon[at];
      var lat = stations.lat[at];
      var label = encodeURIComponent(stations.name[at]);
      if (/iPhone|iPad|Macintosh/.test(navigator.userAgent)) {
        var bent = yizhan.gcj02.fromWgs84([lon, lat]);
        link.href = "https://maps.apple.com/?daddr=" + bent[1].toFixed(6) + "," + bent[0].toFixed(6) + "&q=" + label +
          "&dirflg=" + (mode === "ebike" ? "c" : "w");
        link.target = "_blank";
        link.rel = "noopener noreferrer external";
      } else {
        var there = lat.toFixed(6) + "," + lon.toFixed(6);
        link.href = "geo:" + there + "?q=" + there + "(" + label + ")";
      }
      link.className = "way";
      link.appendChild(icon("navigation"));
      link.appendChild(document.createTextNode(words.navigate));
      link.appendChild(element("small", "", link.target ? words.with_apple : words.with_geo));
      return link;
    }

    function offers(at, asked) {
      return kept.keys.filter(function (key) { return "13".indexOf(kept.has(at, key)) >= 0; })
        .map(function (key, place) { return [asked.indexOf(key) < 0 ? 1 : 0, place, key]; })
        .sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; })
        .map(function (one) { return one[2]; });
    }

    // A card, part by part as the page with a network writes it

    function card(found, rank, query, today, now) {
      var at = found.at;
      var code = stations.code[at];
      var kind = found.reasons.length ? "almost" : isDoubtful(at) ? "doubtful" : found.arrival.state;
      var one = element("li", "card " + kind);
      one.id = "s" + rank;
      one.value = rank;
      one.setAttribute("data-code", code);
      var number = element("span", "rank", String(rank));
      number.setAttribute("aria-hidden", "true");
      var link = element("a", "", name(at));
      link.href = "/s/" + encodeURIComponent(code);
      one.appendChild(element("div", "card-head", [
        number, element("h4", "", link),
        element("p", "far", [element("b", "", sayMinutes(found.seconds)), element("span", "", sayMetres(found.metres) + " · " + words.estimate)])
      ]));
      var warnings = cautions(at, kept.wall(now).day);
      if (warnings.length) {
        one.appendChild(element("ul", "warnings", warnings.map(function (text) { return signed("li", "", "triangle-alert", text); })));
      }
      if (found.reasons.length) {
        one.appendChild(element("ul", "reasons", found.reasons.map(function (reason) {
          return signed("li", "", "x", sayReason(reason, found, query, today));
        })));
        if (found.arrival.state === "open") { one.appendChild(signed("p", "state", "door-open", sayArrival(found.arrival, today))); }
      } else {
        one.appendChild(signed("p", "state", SIGNS[kind], sayArrival(found.arrival, today)));
      }
      var access = listed(kept.words(stations.access[at]), pack.access);
      var eligible = found.reasons.some(function (reason) { return reason.key === "not_for"; }) ? "" : onlyFor(at);
      var wayIn = [access ? filled(words.way_in, { access: access }) : "", eligible].filter(Boolean).join(" · ");
      if (wayIn) { one.appendChild(signed("p", "way-in", "key-round", wayIn)); }
      var has = offers(at, query.amenities);
      if (has.length) {
        var list = element("ul", "has", has.slice(0, IN_SIGHT).map(function (key) { return offer(at, key); }));
        list.setAttribute("aria-label", words.has);
        if (has.length > IN_SIGHT) { list.appendChild(element("li", "", filled(words.and_more, { count: has.length - IN_SIGHT }))); }
        one.appendChild(list);
      }
      var hours = told.hours[stations.rule[at]];
      if (hours) { one.appendChild(signed("p", "soft", "clock", hours)); }
      if (stations.address[at]) { one.appendChild(signed("p", "soft", "map-pin", stations.address[at])); }
      one.appendChild(signed("p", "soft", "calendar-check", sayChecked(at)));
      one.appendChild(element("div", "go", wayTo(at, query.mode)));
      return one;
    }

    function offer(at, key) {
      var parts = [icon(pack.amenities[key][2]), term(pack.amenities, key)];
      return element("li", "", kept.has(at, key) === "3" ? parts.concat(" ", element("small", "", words.nearby)) : parts);
    }

    function list(answer, query, now) {
      var today = kept.wall(query.when).day;
      var open = [];
      var uncertain = [];
      answer.fits.forEach(function (found) {
        (found.arrival.state === "open" && !isDoubtful(found.at) ? open : uncertain).push(found);
      });
      var rank = 0;
      var parts = [];
      [[open, "open", "door-open", words.group_open], [uncertain, "unknown", "circle-question-mark", words.group_uncertain],
        [answer.later, "later", "clock", words.group_later], [answer.farther, "farther", "footprints", words.group_farther],
        [answer.almost, "almost", "door-closed", words.group_almost]].forEach(function (group) {
        if (!group[0].length) { return; }
        var heading = element("h3", "group " + group[1], [icon(group[2]), group[3]]);
        var cards = element("ol", "cards");
        cards.start = rank + 1;
        group[0].forEach(function (found) { rank += 1; cards.appendChild(card(found, rank, query, today, now)); });
        parts.push(heading, cards);
      });
      return { headline: headline(open, uncertain, rank, query), parts: parts };
    }

    function headline(open, uncertain, all, query) {
      var said = { minutes: query.minutes, mode: words.modes[query.mode] };
      var first = open[0] || uncertain[0];
      if (first) { said.first = sayMinutes(first.seconds); }
      if (open.length) { return counted(words.found_open, open.length, said); }
      if (uncertain.length) { return counted(words.found_unsure, uncertain.length, said); }
      return all ? filled(words.found_almost, said) : words.found_none;
    }

    return {
      list: list, icon: icon, signed: signed, name: name, term: term, listed: listed, offers: offers, wayTo: wayTo, reads: reads,
      now: sayNow, cautions: cautions, hours: function (at) { return told.hours[stations.rule[at]]; }
    };
  };
})();
