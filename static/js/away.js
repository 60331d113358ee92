/* The finder without a network: reads the address as the house would, and answers from what the phone has kept.
   See kept.js for the question and cards.js for the answer. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var filled = yizhan.filled;
  var element = yizhan.element;
  var words = JSON.parse(document.getElementById("words").textContent);
  var language = document.documentElement.lang === "en" ? "en" : "zh";
  var root = document.getElementById("away");
  var form = document.getElementById("ask");
  var found = document.getElementById("found");
  var article = document.getElementById("station");
  var again = document.getElementById("again");
  var says = document.getElementById("locate-says");
  var FORMAT = 1;
  var LIMIT = 5;
  var MOST_OTHERS = 5;
  var CHIPS_IN_SIGHT = 6;
  var DECIMALS = 4; // 11 m: an address should not tell more of a person than the question needs
  var BAIDU = Math.PI * 3000 / 180;
  var pack = null;
  var kept = null;
  var cards = null;
  var checked = null;

  function byId(id) { return document.getElementById(id); }

  function clear(one) {
    while (one.firstChild) { one.removeChild(one.firstChild); }
    return one;
  }

  function now() { return Date.now() / 1000; }

  // What was kept

  function readKept() {
    if (!window.caches) { return Promise.resolve(null); }
    return caches.open("yizhan-kept").then(function (cache) {
      return Promise.all([cache.match("/kept/pack", { ignoreVary: true }), cache.match("/kept/state")]);
    }).then(function (both) {
      if (!both[0]) { return null; }
      return Promise.all([both[0].json(), both[1] ? both[1].json() : {}]);
    }).then(function (both) {
      if (!both || both[0].format !== FORMAT) { return null; }
      checked = both[1].checked ? both[1].checked / 1000 : Date.parse(both[0].made) / 1000;
      return both[0];
    });
  }

  function readFresh() {
    return fetch(yizhan.offline.pack).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (fresh) {
      checked = now();
      return fresh && fresh.format === FORMAT ? fresh : null;
    });
  }

  function sayAge() {
    var minutes = Math.max(0, Math.floor((now() - checked) / 60));
    var said = minutes < 2 ? [words.age_now, 1] : minutes < 60 ? [words.age_minutes, minutes]
      : minutes < 1440 ? [words.age_hours, Math.floor(minutes / 60)] : [words.age_days, Math.floor(minutes / 1440)];
    var text = typeof said[0] === "string" ? said[0] : filled(said[0][said[1] === 1 ? 0 : 1], { num: said[1] });
    if (now() >= pack.midnight + pack.minutes * 60) { text += " " + words.expired; }
    byId("age").textContent = text;
  }

  // The question, as the address has it

  function moment(text) {
    if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) { return Date.parse(text) / 1000; }
    var local = Date.parse(text + (text.length === 16 ? ":00Z" : "Z")) / 1000;
    return local - kept.ahead(local - kept.ahead(local));
  }

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

  function folded(text) {
    return (text.normalize ? text.normalize("NFKC") : text).toLowerCase().replace(/[\s_-]/g, "");
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

  function read(asked) {
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
    query.when = query.at ? moment(query.at) || now() : now();
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
        query.fault = filled(words.no_such_name, { text: text });
      }
    }
    query.asked = query.lon !== undefined;
    return query;
  }

  // The form, as the question has it

  function chip(field, key, name, sign, chosen) {
    var box = element("input");
    box.type = "checkbox";
    box.name = field;
    box.value = key;
    box.checked = chosen;
    return element("label", "chip", [box, element("span", "", [cards.icon(sign), name])]);
  }

  function drawNeeds(query) {
    var counts = {};
    kept.keys.forEach(function (key, place) {
      counts[key] = pack.stations.has.filter(function (has) { return has.charAt(place) === "1"; }).length;
    });
    var offered = kept.keys.filter(function (key) { return counts[key] || query.amenities.indexOf(key) >= 0; })
      .sort(function (a, b) {
        return (query.amenities.indexOf(a) < 0) - (query.amenities.indexOf(b) < 0) || counts[b] - counts[a] || (a < b ? -1 : 1);
      });
    var box = byId("needs");
    var rows = box.querySelectorAll(".row");
    var more = box.querySelector("details");
    box.hidden = !offered.length;
    clear(rows[0]);
    clear(rows[1]);
    offered.forEach(function (key, place) {
      rows[place < CHIPS_IN_SIGHT ? 0 : 1].appendChild(
        chip("amenity", key, cards.term(pack.amenities, key), pack.amenities[key][2], query.amenities.indexOf(key) >= 0));
    });
    more.hidden = offered.length <= CHIPS_IN_SIGHT;
    more.querySelector("summary span").textContent = filled(words.more, { count: offered.length - CHIPS_IN_SIGHT });
  }

  function drawWho(query) {
    var limited = {};
    pack.stations.eligible.forEach(function (text) {
      var keys = kept.words(text);
      if (keys.indexOf("everyone") < 0) { keys.forEach(function (key) { limited[key] = true; }); }
    });
    query.who.forEach(function (key) { limited[key] = true; });
    var offered = Object.keys(pack.eligible).filter(function (key) {
      return key !== "everyone" && [key].concat(pack.eligible[key].slice(2)).some(function (wider) { return limited[wider]; });
    });
    var box = byId("who");
    box.hidden = !offered.length;
    if (offered.length) { byId("when-who").textContent = box.dataset.title; }
    var row = clear(box.querySelector(".row"));
    offered.forEach(function (key) {
      row.appendChild(chip("who", key, cards.term(pack.eligible, key), "user", query.who.indexOf(key) >= 0));
    });
  }

  function drawForm(query) {
    form.elements.where.value = query.text;
    ["lon", "lat", "datum"].forEach(function (name) { put(name, null); });
    if (query.position && !readPosition(query.text)) {
      put("lon", String(query.lon));
      put("lat", String(query.lat));
    }
    if (query.datum && readPosition(query.text)) { put("datum", query.datum); }
    Array.prototype.forEach.call(form.querySelectorAll("[name=mode]"), function (one) { one.checked = one.value === query.mode; });
    var minutes = form.elements.minutes;
    if (!minutes.querySelector('option[value="' + query.minutes + '"]')) {
      minutes.appendChild(new Option(filled(words.minutes, { minutes: query.minutes }), query.minutes));
    }
    minutes.value = String(query.minutes);
    form.elements.at.value = query.at.slice(0, 16);
    drawNeeds(query);
    drawWho(query);
    byId("where-fault").hidden = !query.fault;
    byId("where-fault").querySelector("span").textContent = query.fault || "";
    form.elements.where[query.fault ? "setAttribute" : "removeAttribute"]("aria-invalid", "true");
    var place = clear(byId("at-place"));
    if (query.asked) {
      place.appendChild(cards.icon("map-pin"));
      place.appendChild(document.createTextNode(query.from ? filled(words.from, { place: query.from })
        : filled(words.position, { lon: query.lon.toFixed(5), lat: query.lat.toFixed(5) })));
    }
    drawOthers(query);
    drawAsked(query);
  }

  function drawOthers(query) {
    var list = clear(byId("others").querySelector("ul"));
    byId("others").hidden = !query.others.length;
    query.others.forEach(function (at) {
      var link = element("a", "", element("b", "", cards.name(at)));
      var address = parameters();
      address.set("where", pack.stations.name[at]);
      address.set("lon", pack.stations.lon[at].toFixed(DECIMALS));
      address.set("lat", pack.stations.lat[at].toFixed(DECIMALS));
      link.href = "/?" + address + "#found";
      list.appendChild(element("li", "", link));
    });
  }

  function put(name, value) {
    form.elements[name].disabled = value === null;
    form.elements[name].value = value === null ? "" : value;
  }

  // Once something was asked, the question is one line.
  function drawAsked(query) {
    var details = byId("asked");
    var summary = details.querySelector("summary");
    details.className = query.asked ? "asked" : "";
    details.open = !query.asked;
    summary.hidden = !query.asked;
    if (!query.asked) { return; }
    var picks = [words.modes[query.mode], filled(words.minutes, { minutes: query.minutes })];
    if (query.at) { picks.push(cards.reads(query.when, kept.wall(now()).day)); }
    picks = picks.concat(query.amenities.map(function (key) { return cards.term(pack.amenities, key); }),
      query.who.map(function (key) { return cards.term(pack.eligible, key); }));
    summary.querySelector("b").textContent = query.from || words.my_position;
    summary.querySelector("b + span").textContent = "· " + picks.join(" · ");
  }

  // The station's page, as far as the phone knows it

  function style(address) {
    var sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    document.head.insertBefore(sheet, document.head.querySelector('link[href*="offline.css"]'));
  }

  function drawStation(at) {
    var stations = pack.stations;
    var arrival = kept.state(at, now());
    var today = kept.wall(now()).day;
    var lead = element("div", "lead", [element("h1", "", cards.name(at))]);
    lead.firstChild.id = "name";
    lead.appendChild(cards.signed("p", "state " + arrival.state,
      { open: "door-open", closed: "door-closed", unknown: "circle-question-mark" }[arrival.state], cards.now(arrival, today)));
    var warnings = cards.cautions(at, today);
    if (warnings.length) {
      lead.appendChild(element("ul", "cautions", warnings.map(function (text) { return cards.signed("li", "", "triangle-alert", text); })));
    }
    if (stations.address[at]) { lead.appendChild(cards.signed("p", "where", "map-pin", stations.address[at])); }
    var near = element("a", "way quiet", [cards.icon("search"), words.near]);
    near.href = "/?lon=" + stations.lon[at].toFixed(DECIMALS) + "&lat=" + stations.lat[at].toFixed(DECIMALS) + "#found";
    lead.appendChild(element("div", "go", [cards.wayTo(at, "walk"), near]));
    clear(article).appendChild(lead);
    var rest = element("div", "rest");
    rest.appendChild(document.importNode(byId("door").content, true));
    fillDoor(rest, at);
    article.appendChild(rest);
    document.title = cards.name(at);
  }

  function fillDoor(rest, at) {
    var stations = pack.stations;
    var sentence = rest.querySelector(".sentence");
    sentence.textContent = cards.hours(at) || sentence.dataset.none;
    var offers = rest.querySelector(".offers");
    var has = cards.offers(at, []);
    has.forEach(function (key) {
      var text = element("span", "", cards.term(pack.amenities, key));
      if (kept.has(at, key) === "3") { text.appendChild(element("small", "", words.nearby)); }
      offers.appendChild(element("li", "", [cards.icon(pack.amenities[key][2]), text]));
    });
    if (!has.length) { offers.parentNode.replaceChild(element("p", "", offers.dataset.none), offers); }
    var lacks = kept.keys.filter(function (key) { return kept.has(at, key) === "2"; });
    if (lacks.length) {
      rest.querySelector(".lacks").hidden = false;
      rest.querySelector(".lacks span span").textContent = cards.listed(lacks, pack.amenities);
    }
    var facts = {
      access: cards.listed(kept.words(stations.access[at]), pack.access),
      eligible: cards.listed(kept.words(stations.eligible[at]), pack.eligible),
      phone: stations.phone[at], note: stations.note[at]
    };
    Array.prototype.forEach.call(rest.querySelectorAll("[data-fact]"), function (fact) {
      var text = facts[fact.dataset.fact];
      var place = fact.querySelector("dd");
      if (text && fact.dataset.fact === "phone" && /^[\d\s()+-]{3,}$/.test(text)) {
        var call = element("a", "", text);
        call.href = "tel:" + text.replace(/[^\d+]/g, "");
        clear(place).appendChild(call);
      } else if (text) {
        place.textContent = text;
      } else if (!place.textContent) {
        fact.hidden = true;
      }
    });
    Array.prototype.forEach.call(rest.querySelectorAll("form[data-to]"), function (one) {
      one.setAttribute("action", "/s/" + encodeURIComponent(stations.code[at]) + "/" + one.dataset.to);
    });
    Array.prototype.forEach.call(rest.querySelectorAll(".which"), function (group) {
      has.forEach(function (key) {
        var button = element("button", "quiet", [cards.icon(pack.amenities[key][2]), cards.term(pack.amenities, key)]);
        button.type = "submit";
        button.name = "amenity";
        button.value = key;
        group.appendChild(button);
      });
      if (!has.length) { group.parentNode.parentNode.hidden = true; }
    });
  }

  // The page

  function draw(focus) {
    var path = /^\/s\/([^/]+)$/.exec(location.pathname);
    var asked = new URLSearchParams(location.search);
    var tongue = document.querySelector(".tongue");
    var other = new URLSearchParams(location.search);
    other.set("lang", language === "en" ? "zh" : "en");
    tongue.href = location.pathname + "?" + other;
    if (!pack) {
      byId("age").textContent = words.nothing_kept;
      form.hidden = true;
      found.hidden = true;
      return;
    }
    sayAge();
    var code = path ? decodeURIComponent(path[1]) : null;
    var at = code === null ? -1 : pack.stations.code.indexOf(code);
    form.hidden = at >= 0;
    found.hidden = at >= 0;
    article.hidden = at < 0;
    var query = read(asked);
    if (code !== null && at < 0) { query.fault = filled(words.no_such_station, { code: code }); }
    drawForm(query);
    if (at >= 0) {
      document.body.className = "station away";
      style(root.dataset.style);
      drawStation(at);
      return;
    }
    var shown = clear(byId("cards"));
    byId("hint").hidden = query.asked;
    document.body.classList.toggle("found", query.asked);
    if (!query.asked) { return; }
    var answer = cards.list(kept.nearest(query), query, now());
    var head = byId("found-head");
    head.className = "";
    head.textContent = answer.headline;
    shown.appendChild(element("p", "soft rule", shown.dataset.rule));
    answer.parts.forEach(function (part) { shown.appendChild(part); });
    if (focus) {
      found.focus({ preventScroll: true });
      found.scrollIntoView();
    }
  }

  // What the form says, as an address; the language stays.
  function parameters() {
    var address = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (value !== "") { address.append(name, value); }
    });
    var lang = new URLSearchParams(location.search).get("lang");
    if (lang) { address.set("lang", lang); }
    return address;
  }

  function search() {
    history.pushState(null, "", "/?" + parameters() + "#found");
    draw(true);
  }

  function askPhone() {
    says.textContent = words.waiting;
    navigator.geolocation.getCurrentPosition(function (here) {
      says.textContent = "";
      form.elements.where.value = "";
      put("datum", null);
      put("lon", here.coords.longitude.toFixed(DECIMALS));
      put("lat", here.coords.latitude.toFixed(DECIMALS));
      search();
    }, function () {
      says.textContent = words.refused;
      form.elements.where.focus();
    }, { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 });
  }

  function offerAgain(kind) { again.querySelector("span").textContent = again.querySelector("span").dataset[kind]; }

  function begin() {
    Array.prototype.forEach.call(root.querySelectorAll("[data-when]"), function (one) {
      one.hidden = one.dataset.when !== root.dataset.why;
    });
    again.hidden = root.dataset.why === "here";
    again.addEventListener("click", function () { location.reload(); });
    window.addEventListener("online", function () { offerAgain("back"); });
    if (navigator.serviceWorker) {
      navigator.serviceWorker.addEventListener("message", function (event) {
        if (event.data && event.data.kind === "arrived") { offerAgain("arrived"); }
      });
    }
    form.addEventListener("submit", function (submit) {
      submit.preventDefault();
      if (navigator.geolocation && !form.elements.where.value.trim() && form.elements.lon.disabled) {
        askPhone();
      } else {
        search();
      }
    });
    form.elements.where.addEventListener("input", function () {
      ["lon", "lat", "datum"].forEach(function (name) { put(name, null); });
    });
    var locate = byId("locate");
    if (navigator.geolocation) {
      locate.hidden = false;
      locate.addEventListener("click", askPhone);
    }
    window.addEventListener("popstate", function () { draw(false); });
  }

  begin();
  readKept().catch(function () { return null; }).then(function (one) {
    return one || (root.dataset.why === "here" ? readFresh() : null);
  }).catch(function () { return null; }).then(function (one) {
    pack = one;
    if (pack) {
      kept = yizhan.kept(pack);
      cards = yizhan.cards(pack, kept, words, language);
      pack.stations.name.forEach(function (name) { byId("names").appendChild(new Option(name)); });
    }
    draw(location.hash === "#found");
    setInterval(function () { if (pack) { sayAge(); } }, 60000);
  });
})();
