/* Coverage: what is tried out. Each thing is a parameter of the address: add, move, close, hours.

   window.yizhan.plan.what
     add([lon, lat], [hours])         a station more
     move(code, [lon, lat], [live])   another place; `live` asks for the figures alone
     close(code)                      as if it were not there
     hours(code, text)                other hours
     back(code)                       all that is tried with a station
   A station that is tried out has the code +1, +2 … by its place among those added.
   Under the cross of the map, one is placed without a mouse: `place(code)` begins, with no code for a new one. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var plan = yizhan.plan;
  var DECIMALS = 4; // 11 m: no town knows more precisely where a door will be
  var PARTED = { move: ",", close: "", hours: ";" };
  var ALWAYS = "24/7";

  function text(position) { return position[0].toFixed(DECIMALS) + "," + position[1].toFixed(DECIMALS); }

  function added(code) { return code.charAt(0) === "+" ? Number(code.slice(1)) - 1 : -1; }

  function put(params, name, values) {
    params.delete(name);
    values.forEach(function (value) { params.append(name, value); });
    return params;
  }

  function but(params, name, code) {
    return put(params, name, params.getAll(name).filter(function (value) {
      return value !== code && value.indexOf(code + PARTED[name]) !== 0 || PARTED[name] === "" && value !== code;
    }));
  }

  // An added station is written anew in its place: lon,lat,name;hours
  function rewritten(params, place, change) {
    var all = params.getAll("add");
    var parts = /^([^,]*,[^,]*)(?:,([^;]*))?(?:;(.*))?$/.exec(all[place]);
    if (!parts) { return params; }
    var one = change({ where: parts[1], name: parts[2] || "", hours: parts[3] || "" });
    all[place] = one.where + (one.name || one.hours ? "," + one.name : "") + (one.hours ? ";" + one.hours : "");
    return put(params, "add", all);
  }

  var what = plan.what = {};

  what.adding = function (position) {
    var params = plan.asked();
    params.append("add", text(position) + ",;" + ALWAYS);
    return params;
  };

  what.moving = function (code, position) {
    var params = plan.asked();
    var place = added(code);
    if (place >= 0) {
      return rewritten(params, place, function (one) { one.where = text(position); return one; });
    }
    but(params, "move", code).append("move", code + "," + text(position));
    return params;
  };

  what.add = function (position) { return plan.go(what.adding(position)); };
  what.move = function (code, position) { return plan.go(what.moving(code, position)); };

  what.close = function (code) {
    var params = plan.asked();
    ["move", "close", "hours"].forEach(function (name) { but(params, name, code); });
    params.append("close", code);
    return plan.go(params);
  };

  what.hours = function (code, hours) {
    var params = plan.asked();
    var place = added(code);
    if (place >= 0) {
      return plan.go(rewritten(params, place, function (one) { one.hours = hours; return one; }));
    }
    but(params, "hours", code).append("hours", code + ";" + hours);
    return plan.go(params);
  };

  what.back = function (code) {
    var params = plan.asked();
    var place = added(code);
    if (place >= 0) {
      put(params, "add", params.getAll("add").filter(function (_, at) { return at !== place; }));
    } else {
      ["move", "close", "hours"].forEach(function (name) { but(params, name, code); });
    }
    return plan.go(params);
  };

  // Under the cross: the map is moved, by hand or by the arrow keys, and the figures tell what would be.

  var frame = document.getElementById("placing");
  var chart = null;
  var code = null;

  function here() { return chart.lonlat(chart.map.getCenter()); }
  function params() { return code === null ? what.adding(here()) : what.moving(code, here()); }
  function look() { plan.live(params()); }

  function end() {
    frame.hidden = true;
    document.body.classList.remove("placing-now");
    chart.map.off("moveend", look);
  }

  what.placing = function () { return frame !== null && !frame.hidden; };

  what.place = function (which, at) {
    if (!chart) { return; }
    code = which === undefined ? null : which;
    chart.map.closePopup();
    frame.hidden = false;
    document.body.classList.add("placing-now");
    chart.map.off("moveend", look).on("moveend", look);
    if (at) { chart.map.setView(chart.point(at), Math.max(chart.map.getZoom(), 13), { animate: false }); } else { look(); }
    chart.map.getContainer().focus({ preventScroll: true });
  };

  what.tapped = function (position) {
    end();
    return code === null ? what.add(position) : what.move(code, position);
  };

  what.begin = function (drawn) {
    chart = drawn;
    var tools = document.querySelector(".map-tools");
    tools.hidden = false;
    document.getElementById("place").addEventListener("click", function () { what.place(); });
    document.getElementById("placing-here").addEventListener("click", function () { what.tapped(here()); });
    document.getElementById("placing-off").addEventListener("click", function () {
      end();
      plan.go(plan.asked(), "replace");
      document.getElementById("place").focus();
    });
    frame.parentNode.addEventListener("keydown", function (press) {
      if (!what.placing()) { return; }
      if (press.key === "Escape") { document.getElementById("placing-off").click(); }
      if (press.key === "Enter" && press.target === chart.map.getContainer()) {
        press.preventDefault();
        what.tapped(here());
      }
    });
  };
})();
