/* Siting: the cards that the map opens, of a site, a candidate or a station, and what one can say of it from there. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var element = plan.element;

  plan.sitingCards = function (chart) {
    var map = chart.map;
    var kit = plan.cardKit(map, { minWidth: 220, maxWidth: 300 });
    var words = kit.words;
    var card = kit.card;
    var button = kit.button;
    var open = kit.open;

    function price(box, key) {
      var form = box.appendChild(element("form", null, "price-form"));
      var label = form.appendChild(element("label", words("cost")));
      var field = label.appendChild(element("input"));
      field.type = "text";
      field.inputMode = "decimal";
      field.value = plan.argue.costOf(key);
      field.placeholder = "1";
      var send = form.appendChild(element("button", words("set"), "quiet"));
      send.type = "submit";
      form.addEventListener("submit", function (submit) {
        submit.preventDefault();
        submit.stopPropagation();
        map.closePopup();
        plan.argue.cost(key, field.value.trim());
      });
    }

    function tools(box, key, said) {
      var row = box.appendChild(element("div", null, "card-tools"));
      if (said !== "wanted") { button(row, "want", function () { plan.argue.want(key); }); }
      if (said !== "refused") { button(row, "refuse", function () { plan.argue.refuse(key); }); }
      if (said !== "free") { button(row, "neither", function () { plan.argue.leave(key); }); }
      var point = /^point-(\d+)$/.exec(key);
      if (point) { button(row, "away", function () { plan.argue.away(Number(point[1])); }); }
      price(box, key);
    }

    function site(one) {
      var box = card(one.number + ". " + one.name, [one.kind, one.hours, one.said]);
      tools(box, one.key, one.wanted ? "wanted" : "free");
      open(chart.point(one.at), box);
    }

    // The properties are those of candidates.geojson.
    function candidate(feature) {
      var one = feature.properties;
      var said = one.ruled_out ? "refused" : one.wanted ? "wanted" : "free";
      var box = card(one.name || one.kind_name, [one.name ? one.kind_name : "", one.hours || words("hoursUnknown"), one.reaches !== false ? words(said) : words("reachesNobody")]);
      tools(box, one.key, said);
      open(chart.point(feature.geometry.coordinates), box);
    }

    function station(one) {
      var box = card(one.name, [one.hours, words(one.state)]);
      var row = box.appendChild(element("div", null, "card-tools"));
      if (one.tried === "closed") {
        button(row, "back", function () { plan.argue.reopen(one.code); });
      } else if (!one.tried) {
        button(row, "close", function () { plan.argue.close(one.code); });
      }
      if (one.code.charAt(0) !== "+") {
        var page = row.appendChild(element("a", words("page"), "quiet"));
        page.href = plan.data.page.replace("CODE", encodeURIComponent(one.code));
      }
      open(chart.point(one.at), box);
    }

    function bare(latlng, title, rows) {
      var box = card(title || "", rows || []);
      button(box, "put", function () { plan.argue.put(chart.lonlat(latlng)); });
      open(latlng, box);
    }

    return { site: site, candidate: candidate, station: station, bare: bare };
  };
})();
