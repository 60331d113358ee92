/* Siting: the proof. What was chosen at once stands on the page while it is searched for; how far the search is comes every
   second, and when it ends the page of the answer is set in.

   A search begins by itself once somebody asked something; one that is no longer wanted, as the question has changed, is
   asked to stop, so that the next has its turn. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var plan = yizhan.plan;
  var AGAIN_MS = 700;
  var LATER_MS = 4000; // where it cannot be asked just now
  var BEGIN_MS = 400; // who is still typing asks something else at once
  var asked = Boolean(plan.data.asked); // who only came to look has not
  var own = null; // the search that this page began: { stop, token }
  var timer = null;
  var turn = 0;

  function part() { return document.querySelector("#search .proof"); }
  function state() { var one = part(); return one ? one.dataset.state : ""; }
  function going() { return state() === "running" || state() === "waiting"; }

  function post(form) {
    return fetch(form.getAttribute("action"), {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value }
    }).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok) { throw new Error(body.error ? body.error.message : ""); }
        return body;
      });
    });
  }

  function write(name, text) {
    var one = part() && part().querySelector("[data-said=\"" + name + "\"]");
    if (one && text !== undefined && one.textContent !== text) { one.textContent = text; }
  }

  function follow(search) {
    ["state", "seconds"].concat(search.said.value ? "sentence" : []).forEach(function (name) { write(name, search.said[name]); });
    part().dataset.state = search.state;
    var bar = document.getElementById("closing");
    if (bar && search.value && search.bound) {
      var low = Math.min(Math.abs(search.value), Math.abs(search.bound)), high = Math.max(Math.abs(search.value), Math.abs(search.bound));
      bar.setAttribute("width", String(Math.round(10000 * low / high) / 100));
    }
  }

  // The question of this page, not what stands in its form: that may be half typed, or say what is usual.
  function reload() { return plan.go(new URL(plan.data.question, location.href).searchParams, "same"); }

  function poll(after) {
    var mine = turn;
    clearTimeout(timer);
    timer = setTimeout(function () {
      fetch(plan.data.progress, { credentials: "same-origin" }).then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(new Error(plan.data.progress));
      }).then(function (body) {
        if (mine !== turn) { return; }
        if (body.search.state === "running" || body.search.state === "waiting") {
          follow(body.search);
          poll(AGAIN_MS);
        } else {
          own = null;
          reload();
        }
      }).catch(function () { if (mine === turn) { poll(LATER_MS); } });
    }, after);
  }

  function begin(form) {
    var mine = ++turn;
    var button = form.querySelector("button");
    button.disabled = true;
    return post(form).then(function () {
      if (mine !== turn) { return; }
      own = { stop: form.getAttribute("action").replace("/search", "/stop"), token: form.elements.csrf_token.value };
      return reload();
    }).catch(function (fault) {
      button.disabled = false;
      plan.say(fault.message || document.getElementById("ask").dataset.failed);
    });
  }

  function leave() {
    if (!own) { return; }
    var left = own;
    own = null;
    fetch(left.stop, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json", "X-CSRFToken": left.token } })
      .catch(function () { /* it ends by itself */ });
  }

  document.addEventListener("submit", function (submit) {
    var form = submit.target;
    if (form.id === "begin") {
      submit.preventDefault();
      begin(form);
    } else if (form.id === "stop") {
      submit.preventDefault();
      form.querySelector("button").disabled = true;
      post(form).catch(function (fault) { plan.say(fault.message); });
    }
  });

  plan.on("asked", function () {
    // Another question: what was searched for the last one is not wanted any more.
    asked = true;
    turn++;
    clearTimeout(timer);
    leave();
  });

  var went = false;

  function look() {
    if (went && !going() && part()) { document.getElementById("search-says").textContent = part().innerText; }
    went = going();
    clearTimeout(timer);
    turn++;
    var form = document.getElementById("begin");
    if (going()) {
      poll(AGAIN_MS);
    } else if (asked && form && state() === "quick") {
      var mine = turn;
      timer = setTimeout(function () { if (mine === turn) { begin(form); } }, BEGIN_MS);
    }
  }

  plan.on("page", function (how) { if (!how.same) { look(); } });
  look();
})();
