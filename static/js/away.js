/* The finder without a network: reads the address as the house would, and answers from what the phone has kept.
   See asked.js for the question, kept.js for the answer, cards.js and sheet.js for how it is shown. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var filled = yizhan.filled;
  var element = yizhan.element;
  var clear = yizhan.clear;
  var readPosition = yizhan.readPosition;
  var shortened = yizhan.shortened;
  var words = JSON.parse(document.getElementById("words").textContent);
  var language = document.documentElement.lang === "en" ? "en" : "zh";
  var root = document.getElementById("away");
  var form = document.getElementById("ask");
  var found = document.getElementById("found");
  var article = document.getElementById("station");
  var again = document.getElementById("again");
  var says = document.getElementById("locate-says");
  var FORMAT = 1;
  var CHIPS_IN_SIGHT = 6;
  var SHEETS_LAST_MS = 48 * 3600 * 1000; // as the worker has it
  var pack = null;
  var kept = null;
  var cards = null;
  var asked = null;
  var sheet = null;
  var checked = null;
  var isRead = false;
  var isTyped = false; // before what was kept is read, one may type already

  function byId(id) { return document.getElementById(id); }

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

  function fillForm(query) {
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
  }

  function drawForm(query) {
    if (!isTyped) { fillForm(query); }
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
      address.set("lon", shortened(pack.stations.lon[at]));
      address.set("lat", shortened(pack.stations.lat[at]));
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

  // The page

  function style(address) {
    var sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    document.head.insertBefore(sheet, document.head.querySelector('link[href*="offline.css"]'));
  }

  function draw(focus) {
    var path = /^\/s\/([^/]+)$/.exec(location.pathname);
    var tongue = document.querySelector(".tongue");
    var other = new URLSearchParams(location.search);
    other.set("lang", language === "en" ? "zh" : "en");
    tongue.href = location.pathname + "?" + other;
    if (!isRead) { return; } // it is drawn when what was kept is there
    if (!pack) {
      byId("age").textContent = words.nothing_kept;
      byId("asked").hidden = true;
      found.hidden = true;
      return;
    }
    sayAge();
    var code = path ? decodeURIComponent(path[1]) : null;
    var at = code === null ? -1 : pack.stations.code.indexOf(code);
    form.hidden = at >= 0;
    found.hidden = at >= 0;
    article.hidden = at < 0;
    var query = asked(new URLSearchParams(location.search), now());
    if (code !== null && at < 0) { query.fault = filled(words.no_such_station, { code: code }); }
    drawForm(query);
    if (at >= 0) {
      document.body.className = "station away";
      style(root.dataset.style);
      sheet(article, at, now());
      document.title = cards.name(at);
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
    isTyped = false;
    history.pushState(null, "", "/?" + parameters() + "#found");
    draw(true);
  }

  function askPhone() {
    says.textContent = words.waiting;
    navigator.geolocation.getCurrentPosition(function (here) {
      says.textContent = "";
      form.elements.where.value = "";
      put("datum", null);
      put("lon", shortened(here.coords.longitude));
      put("lat", shortened(here.coords.latitude));
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
    form.addEventListener("input", function () { isTyped = !isRead; });
    var locate = byId("locate");
    if (navigator.geolocation) {
      locate.hidden = false;
      locate.addEventListener("click", askPhone);
    }
    window.addEventListener("popstate", function () {
      isTyped = false;
      draw(false);
    });
  }

  // Staff who ask for another page of theirs where there is no network: the sheets of their round are on the phone.
  function offerSheets() {
    if (root.dataset.why !== "elsewhere" || !/^\/desk(\/|$)/.test(location.pathname) || !window.caches) { return; }
    caches.match(byId("taken-along").firstElementChild.getAttribute("href"), { cacheName: "yizhan-round", ignoreVary: true })
      .then(function (kept) {
        var age = kept ? Date.now() - Number(kept.headers.get("X-Yizhan-Kept")) : Infinity;
        byId("taken-along").hidden = age >= SHEETS_LAST_MS;
      }, function () { /* nothing can be kept here */ });
  }

  begin();
  offerSheets();
  readKept().catch(function () { return null; }).then(function (one) {
    return one || (root.dataset.why === "here" ? readFresh() : null);
  }).catch(function () { return null; }).then(function (one) {
    pack = one;
    isRead = true;
    if (pack) {
      kept = yizhan.kept(pack);
      cards = yizhan.cards(pack, kept, words, language);
      asked = yizhan.asked(pack, kept, cards, words);
      sheet = yizhan.sheet(pack, kept, cards, words);
      pack.stations.name.forEach(function (name) { byId("names").appendChild(new Option(name)); });
    }
    draw(location.hash === "#found");
    setInterval(function () { if (pack) { sayAge(); } }, 60000);
  });
})();
