/* Coverage: the cards that the map opens, of a township, a gap or a station, and what one can try from there. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;

  var element = plan.element;

  plan.cards = function (chart) {
    var map = chart.map;

    var kit = plan.cardKit(map, { maxWidth: 280 });
    var words = kit.words;
    var card = kit.card;
    var button = kit.button;
    var open = kit.open;
    var popup = kit.popup;

    function town(at, latlng) {
      var one = plan.data.towns.filter(function (row) { return row.at === at; })[0];
      var box = one
        ? card(one.name, [words("covered") + " " + one.said.covered, words("uncovered") + " " + one.said.uncovered + " " + plan.data.unit])
        : card("", []);
      button(box, "try", function () { plan.what.add(chart.lonlat(latlng)); });
      open(latlng, box);
    }

    function bare(latlng) {
      var box = card("", []);
      button(box, "try", function () { plan.what.add(chart.lonlat(latlng)); });
      open(latlng, box);
    }

    function gap(one) {
      var box = card(one.rank + ". " + one.name, [words("uncovered") + " " + one.demand, one.township]);
      button(box, "try", function () { plan.what.add(one.at); });
      open(chart.point(one.at), box);
    }

    function hoursForm(one, box) {
      var form = box.appendChild(element("form", null, "hours-form"));
      var label = form.appendChild(element("label", words("hoursField")));
      var field = label.appendChild(element("input"));
      field.type = "text";
      field.value = "08:00-22:00";
      var send = form.appendChild(element("button", words("set"), "quiet"));
      send.type = "submit";
      form.addEventListener("submit", function (submit) {
        submit.preventDefault();
        submit.stopPropagation();
        map.closePopup();
        plan.what.hours(one.code, field.value.trim());
      });
      popup.update();
      field.focus();
    }

    function station(one) {
      var box = card(one.name, [one.hours, words(one.state)]);
      var tools = box.appendChild(element("div", null, "card-tools"));
      if (one.tried !== "closed") {
        button(tools, "move", function () {
          document.getElementById("placing-says").textContent = words("moveSays");
          plan.what.place(one.code, one.at);
        });
        var hours = tools.appendChild(element("button", words("hours"), "quiet"));
        hours.type = "button";
        hours.addEventListener("click", function () { tools.hidden = true; hoursForm(one, box); });
      }
      if (one.tried) {
        button(tools, one.tried === "added" ? "remove" : "back", function () { plan.what.back(one.code); });
      } else {
        button(tools, "close", function () { plan.what.close(one.code); });
      }
      if (one.code.charAt(0) !== "+") {
        var page = tools.appendChild(element("a", words("page"), "quiet"));
        page.href = plan.data.page.replace("CODE", encodeURIComponent(one.code));
      }
      open(chart.point(one.at), box);
    }

    return { bare: bare, town: town, gap: gap, station: station };
  };
})();
