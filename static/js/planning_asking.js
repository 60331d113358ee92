/* Planning: the question, asked again at every change, and the parts of its page put in the place of the old ones.

   The server writes every word of this page. Script asks for the page of the changed question, takes the elements marked
   data-part out of it, and sets them in; the address follows, so that "back" takes a change back and a link reopens it.
   While something is dragged, /planning/answer.json gives the few figures that follow.

   window.yizhan.plan
     data                   what #plan-data holds: stations, gaps, townships, words
     asked()                the question as URLSearchParams, with all the form holds
     go(params, [how])      asks it; how: "push" (usual), "replace", or "none" for the address; "same" looks once more
     live(params)           asks for the figures alone, the newest question first, never two at once
     on(name, act)          names: asked (something else is asked), page (parts were set in), answer (figures came), light
                            (something is pointed at)
     tell(name, detail)
     say(text)              for eyes and ears
     view(name, [value])    what is only looked at, kept behind the # of the address */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var plan = yizhan.plan = {};
  var says = document.getElementById("plan-says");
  var SOON_MS = 300; // what takes longer says that it is working
  var turn = 0;

  function form() { return document.getElementById("ask"); }
  function read() { return JSON.parse(document.getElementById("plan-data").textContent); }

  plan.data = read();
  document.documentElement.classList.add("scripted");

  plan.on = function (name, act) {
    document.addEventListener("plan:" + name, function (event) { act(event.detail); });
  };
  plan.tell = function (name, detail) {
    document.dispatchEvent(new CustomEvent("plan:" + name, { detail: detail }));
  };
  plan.say = function (text) {
    says.classList.remove("good");
    says.textContent = text || "";
  };

  // The question

  function folds() { return Array.from(form().querySelectorAll("details.more")); }

  function asking(one) {
    var params = new URLSearchParams();
    new FormData(one).forEach(function (value, name) { if (value) { params.append(name, value); } });
    return params;
  }

  plan.asked = function () { return asking(form()); };

  function pageOf(params) {
    var query = params.toString();
    return plan.data.address + (query ? "?" + query : "");
  }

  plan.address = function (params) { return pageOf(params) + location.hash; };

  var late = null;
  var pending = null; // the address that is being asked for

  function working() {
    clearTimeout(late);
    late = setTimeout(function () {
      document.body.classList.add("busy");
      plan.say(form().dataset.working);
    }, SOON_MS);
  }

  function done() {
    pending = null;
    clearTimeout(late);
    document.body.classList.remove("busy");
  }

  plan.go = function (params, how) {
    var mine = ++turn;
    var was = String(plan.asked());
    next = null; // the figures of what was dragged before are of no use any more
    if (how !== "same") { plan.tell("asked"); }
    working();
    var address = pending = pageOf(params);
    return fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" }).then(function (answer) {
      return answer.text().then(function (text) {
        if (mine !== turn) { return; }
        done();
        next = null;
        plan.say("");
        write("follow", "");
        setIn(new DOMParser().parseFromString(text, "text/html"), answer.ok, address, how || "push", was);
      });
    }).catch(function () {
      if (mine !== turn) { return; }
      done();
      plan.say(form().dataset.failed);
      plan.tell("page", { same: true });
    });
  };

  // The parts

  function like(one) {
    // What stands in the new part where the one with the focus stood in the old.
    if (one.id) { return "#" + one.id; }
    if (one.dataset.tab) { return "[data-tab=\"" + one.dataset.tab + "\"]"; }
    if (one.dataset.focus) { return "[data-focus=\"" + one.dataset.focus + "\"]"; }
    return null;
  }

  // What proves that a form is ours is new each time, and no reason to take away what somebody types in it.
  function isSame(old, fresh) {
    var seals = fresh.querySelectorAll("[name=csrf_token]");
    old.querySelectorAll("[name=csrf_token]").forEach(function (one, at) {
      if (seals[at]) { one.setAttribute("value", seals[at].getAttribute("value")); }
    });
    return old.outerHTML === fresh.outerHTML;
  }

  function place(old, fresh) {
    if (isSame(old, fresh)) { return; }
    var held = old.contains(document.activeElement) ? like(document.activeElement) || "#" + old.id : null;
    var put = document.importNode(fresh, true);
    old.parentNode.replaceChild(put, old);
    if (!held) { return; }
    var next = document.querySelector(held) || put;
    if (next.tabIndex < 0 && !next.hasAttribute("tabindex")) { next.setAttribute("tabindex", "-1"); }
    next.focus({ preventScroll: true });
  }

  function setIn(page, well, address, how, was) {
    var parts = Array.from(page.querySelectorAll("[data-part]"));
    var here = function (one) { return document.getElementById(one.id); };
    if (!well) {
      // What was asked cannot be answered: say why, and leave all else as it was.
      var fault = page.getElementById("plan-fault");
      if (!fault) { location.assign(address); return; }
      place(document.getElementById("plan-fault"), fault);
      plan.tell("page", { same: true });
      return;
    }
    if (!parts.every(here) || !Array.from(document.querySelectorAll("[data-part]")).every(function (one) { return page.getElementById(one.id); })) {
      location.assign(address);
      return;
    }
    var top = document.documentElement.scrollTop;
    var untouched = String(plan.asked()) === was;
    parts.forEach(function (one) { place(here(one), one); });
    // Who came by a link or by "back" finds the form as it was asked; who is in the form keeps it under the hand.
    var fresh = page.getElementById("ask");
    if (how !== "same" && untouched && String(asking(fresh)) !== String(plan.asked())) {
      var open = folds().map(function (one) { return one.open; });
      place(form(), fresh);
      folds().forEach(function (one, at) { one.open = open[at]; });
    }
    var tongue = page.querySelector("a.tongue");
    if (tongue) { document.querySelector("a.tongue").href = tongue.getAttribute("href"); }
    document.title = page.title;
    document.documentElement.scrollTop = top;
    if (how === "push") { history.pushState({ plan: true }, "", address + location.hash); }
    if (how === "replace") { history.replaceState({ plan: true }, "", address + location.hash); }
    plan.data = read();
    plan.tell("page", {});
  }

  window.addEventListener("popstate", function () {
    plan.go(new URLSearchParams(location.search), "none");
  });

  // A link of this page to this page, and the form, are answered in it.
  document.addEventListener("click", function (click) {
    var link = click.target.closest && click.target.closest("main a[href]");
    if (!link || click.defaultPrevented || click.button || click.metaKey || click.ctrlKey || click.shiftKey || link.hasAttribute("download")) { return; }
    if (link.getAttribute("href").charAt(0) === "#") { return; } // to another place of what is here
    if (link.target || link.origin !== location.origin || link.pathname !== plan.data.address) { return; }
    click.preventDefault();
    plan.go(new URLSearchParams(link.search)).then(function () {
      if (link.dataset.then === "map") { document.getElementById("plan-map").scrollIntoView({ block: "nearest" }); }
    });
  });
  document.addEventListener("submit", function (submit) {
    if (submit.target !== form()) { return; }
    submit.preventDefault();
    // Enter in a field that was changed asks by the change already.
    if (pending !== pageOf(plan.asked())) { plan.go(plan.asked()); }
  });
  document.addEventListener("change", function (change) {
    if (!form().contains(change.target) || !change.target.name) { return; }
    plan.go(plan.asked());
  });

  // The figures that follow a drag

  var AGAIN_MS = 150; // more often nobody reads, and the house counts how often one asks
  var flying = false;
  var next = null;

  plan.live = function (params) {
    if (flying) { next = params; return; }
    flying = true;
    var mine = turn;
    var begun = Date.now();
    fetch(plan.data.answer + "?" + params.toString(), { credentials: "same-origin" }).then(function (answer) {
      return answer.json().then(function (body) {
        if (mine !== turn) { return; }
        if (answer.ok) { follow(body); } else { asItStood(); write("follow", body.error.message); }
      });
    }).catch(function () { /* the page that comes when it is let go says so */ }).then(function () {
      setTimeout(function () {
        flying = false;
        if (next) { params = next; next = null; plan.live(params); }
      }, Math.max(0, AGAIN_MS - (Date.now() - begun)));
    });
  };

  function write(id, text) {
    var one = document.getElementById(id);
    if (one && text !== undefined && one.textContent !== text) { one.textContent = text; }
  }

  var FOLLOWING = ["figure", "figure-before", "figure-after", "finding-more", "change-says"];
  var stood = null; // what the page said before anything was dragged, and on which of its turns

  function texts() {
    return FOLLOWING.map(function (id) {
      var one = document.getElementById(id);
      return one ? one.textContent : undefined;
    });
  }

  function asItStood() {
    // Where nothing can stand, the figures of the place before it would mislead.
    if (stood && stood.turn === turn) { FOLLOWING.forEach(function (id, at) { write(id, stood.texts[at]); }); }
  }

  function follow(body) {
    if (!stood || stood.turn !== turn) { stood = { turn: turn, texts: texts() }; }
    write("figure", body.said.figure);
    write("figure-before", body.said.before);
    write("figure-after", body.said.after);
    write("finding-more", body.said.more);
    write("change-says", body.said.change);
    write("follow", body.said.change || "");
    plan.tell("answer", body);
  }

  // What is only looked at: which township, in which order, which piece of the map.

  plan.view = function (name, value) {
    var kept = new URLSearchParams(location.hash.indexOf("=") < 0 ? "" : location.hash.slice(1));
    if (value === undefined) { return kept.get(name); }
    if (value === null) { kept.delete(name); } else { kept.set(name, value); }
    var hash = kept.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (hash ? "#" + hash : ""));
    return value;
  };
})();
