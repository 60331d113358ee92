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

  // Under the cross the figures tell what would be.

  var cross = null;
  var code = null;

  what.placing = function () { return cross !== null && cross.active(); };

  what.place = function (which, at) {
    if (!cross) { return; }
    code = which === undefined ? null : which;
    cross.begin(at);
  };

  what.tapped = function (position) { return cross.tapped(position); };

  what.begin = function (chart) {
    cross = plan.placing(chart, {
      begin: function () { what.place(); },
      look: function (position) { plan.live(code === null ? what.adding(position) : what.moving(code, position)); },
      done: function (position) { return code === null ? what.add(position) : what.move(code, position); },
      off: function () { plan.go(plan.asked(), "replace"); }
    });
  };
})();
