/* A station's page as far as the phone knows it: what templates/station/show.html says with a network.

   window.yizhan.sheet(pack, kept, cards, words) -> draw(article, at, now): the station of a row into an element, with the
   template #door of templates/offline/shell.html */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var element = yizhan.element;
  var clear = yizhan.clear;

  yizhan.sheet = function (pack, kept, cards, words) {
    var stations = pack.stations;

    function fillDoor(rest, at) {
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

    return function (article, at, now) {
      var arrival = kept.state(at, now);
      var today = kept.wall(now).day;
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
      near.href = "/?lon=" + yizhan.shortened(stations.lon[at]) + "&lat=" + yizhan.shortened(stations.lat[at]) + "#found";
      lead.appendChild(element("div", "go", [cards.wayTo(at, "walk"), near]));
      clear(article).appendChild(lead);
      var rest = element("div", "rest");
      rest.appendChild(document.importNode(document.getElementById("door").content, true));
      fillDoor(rest, at);
      article.appendChild(rest);
    };
  };
})();
