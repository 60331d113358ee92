/* Siting: what one says of single places, each a parameter of the address: force, forbid, point, cost, close.

   window.yizhan.plan.argue
     want(key), refuse(key), leave(key)   for certain, not this one, or let the search decide
     put([lon, lat]), away(number)        a candidate of one's own; those behind it move up
     cost(key, text)                      what a candidate or a kind costs; empty for 1
     close(code), reopen(code)            a station as if it were closed */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var DECIMALS = 4; // 11 m: no town knows more precisely where a door will be
  var POINT = "point-";
  var argue = plan.argue = {};

  function put(params, name, values) {
    params.delete(name);
    values.forEach(function (value) { params.append(name, value); });
    return params;
  }

  function but(params, name, value) {
    return put(params, name, params.getAll(name).filter(function (one) { return one !== value; }));
  }

  function decided(key, name) {
    var params = but(but(plan.asked(), "force", key), "forbid", key);
    if (name) { params.append(name, key); }
    return plan.go(params);
  }

  argue.want = function (key) { return decided(key, "force"); };
  argue.refuse = function (key) { return decided(key, "forbid"); };
  argue.leave = function (key) { return decided(key, null); };

  argue.put = function (position) {
    var params = plan.asked();
    params.append("point", position[0].toFixed(DECIMALS) + "," + position[1].toFixed(DECIMALS));
    return plan.go(params);
  };

  // What a point is called once another is gone; null of that other.
  function movedUp(key, gone) {
    var number = key.indexOf(POINT) === 0 ? Number(key.slice(POINT.length)) : NaN;
    if (!(number >= gone)) { return key; }
    return number === gone ? null : POINT + (number - 1);
  }

  argue.away = function (number) {
    var params = plan.asked();
    put(params, "point", params.getAll("point").filter(function (_, at) { return at !== number - 1; }));
    ["force", "forbid"].forEach(function (name) {
      put(params, name, params.getAll(name).map(function (key) { return movedUp(key, number); }).filter(Boolean));
    });
    put(params, "cost", params.getAll("cost").map(function (text) {
      var at = text.lastIndexOf(":");
      var key = movedUp(text.slice(0, at), number);
      return key && key + text.slice(at);
    }).filter(Boolean));
    return plan.go(params);
  };

  argue.cost = function (key, text) {
    var params = plan.asked();
    put(params, "cost", params.getAll("cost").filter(function (one) { return one.slice(0, one.lastIndexOf(":")) !== key; }));
    if (text) { params.append("cost", key + ":" + text); }
    return plan.go(params);
  };

  argue.costOf = function (key) {
    var said = plan.asked().getAll("cost").filter(function (one) { return one.slice(0, one.lastIndexOf(":")) === key; })[0];
    return said ? said.slice(said.lastIndexOf(":") + 1) : "";
  };

  argue.close = function (code) {
    var params = but(plan.asked(), "close", code);
    params.append("close", code);
    return plan.go(params);
  };

  argue.reopen = function (code) { return plan.go(but(plan.asked(), "close", code)); };

  // A list of places is sent, and the page of its question set in.
  document.addEventListener("submit", function (submit) {
    var form = submit.target;
    if (form.id !== "upload-form") { return; }
    submit.preventDefault();
    var says = document.getElementById("upload-says");
    var button = form.querySelector("button");
    var sent = new FormData();
    plan.asked().forEach(function (value, name) { if (name !== "list") { sent.append(name, value); } });
    sent.append("file", form.elements.file.files[0]);
    says.textContent = document.getElementById("ask").dataset.working;
    button.disabled = true;
    fetch(new URL(form.action).pathname, {
      method: "POST", credentials: "same-origin", body: sent, headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value }
    }).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok) { throw new Error(body.error.message); }
        return plan.go(new URL(body.address, location.href).searchParams);
      });
    }).catch(function (fault) { says.textContent = fault.message; }).then(function () { button.disabled = false; });
  });

  // What a whole kind costs stands in the form, and goes the same way.
  document.addEventListener("change", function (change) {
    var kind = change.target.dataset && change.target.dataset.cost;
    if (kind) { argue.cost(kind, change.target.value.trim()); }
  });

  // Fields that matter for one aim alone.
  function follow() {
    var aim = document.getElementById("aim");
    document.getElementById("ask").dataset.aim = aim ? aim.value : "";
  }

  document.addEventListener("change", function (change) { if (change.target.id === "aim") { follow(); } });
  plan.on("page", follow);
  follow();
})();
