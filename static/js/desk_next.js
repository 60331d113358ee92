/* Going on a round: the nearest stations first, and their sheets taken along for where there is no network. */
(function () {
  "use strict";

  var form = document.getElementById("choose");
  var says = document.getElementById("near-says");
  var near = document.getElementById("near");
  var take = document.getElementById("take");
  var CACHE = "yizhan-round";
  var WHO = "yizhan.round.who";
  var KEPT = "X-Yizhan-Kept";

  if (near && navigator.geolocation) {
    near.hidden = false;
    near.addEventListener("click", function () {
      says.textContent = form.dataset.looking;
      navigator.geolocation.getCurrentPosition(function (found) {
        form.elements.lon.value = found.coords.longitude.toFixed(4);
        form.elements.lat.value = found.coords.latitude.toFixed(4);
        form.submit();
      }, function () { says.textContent = form.dataset.lost; }, { timeout: 15000, maximumAge: 60000 });
    });
  }

  if (!take || !window.caches || !navigator.serviceWorker) { return; }
  var status = take.querySelector("[role=status]");
  var links = [].slice.call(document.querySelectorAll(".choices a"));

  function mark() {
    return caches.open(CACHE).then(function (cache) { return cache.keys(); }).then(function (kept) {
      var there = kept.map(function (one) { return one.url; });
      links.forEach(function (link) {
        if (there.indexOf(link.href) >= 0 && !link.querySelector(".here")) {
          var said = document.createElement("span");
          said.className = "here";
          said.textContent = take.dataset.here;
          link.querySelector(".facts").appendChild(said);
        }
      });
    });
  }

  function fetched(address) {
    // Somebody who is not signed in any more is led elsewhere: that is no sheet.
    return fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "error" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text().then(function (text) { return { text: text, policy: answer.headers.get("Content-Security-Policy") || "" }; });
    });
  }

  function keep(cache, address, name) {
    return fetched(address).then(function (page) {
      var headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy, "Cache-Control": "no-store" };
      headers["X-Yizhan-Who"] = take.dataset.who;
      headers[KEPT] = String(Date.now());
      return cache.put(name || address, new Response(page.text, { headers: headers })).then(function () { return page.text; });
    });
  }

  // What a sheet is shown with: its styles and scripts, which name their content.
  function keepParts(cache, text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var parts = [].map.call(page.querySelectorAll("link[rel=stylesheet], script[src], img[src]"), function (one) {
      return new URL(one.getAttribute("href") || one.getAttribute("src"), location.href);
    });
    page.querySelectorAll("script[data-kept]").forEach(function (one) { parts.push(new URL(one.dataset.kept, location.href)); });
    page.querySelectorAll("svg use").forEach(function (one) {
      parts.push(new URL((one.getAttribute("href") || "").split("#")[0], location.href));
    });
    var named = {};
    parts.forEach(function (one) {
      if (one.origin === location.origin && one.pathname.indexOf("/static/") === 0) { named[one.pathname + one.search] = true; }
    });
    return cache.addAll(Object.keys(named));
  }

  function takeAlong() {
    var count = 0;
    try { localStorage.setItem(WHO, take.dataset.who); } catch (_) { /* storage is switched off */ }
    return caches.open(CACHE).then(function (cache) {
      return links.reduce(function (before, link, number) {
        return before.then(function () {
          status.textContent = take.dataset.taking.replace("{done}", number + 1).replace("{all}", links.length);
          return keep(cache, link.href);
        }).then(function (text) {
          count += 1;
          return number ? null : keepParts(cache, text);
        });
      }, Promise.resolve()).then(function () {
        return keep(cache, location.href, location.pathname); // with these stations and this checklist
      }).then(function (text) { return keepParts(cache, text); });
    }).then(function () {
      status.textContent = take.dataset.taken.replace("{all}", links.length);
    }, function () {
      status.textContent = take.dataset.broken.replace("{done}", count).replace("{all}", links.length);
    }).then(mark);
  }

  take.hidden = false;
  take.querySelector("button").addEventListener("click", function () {
    var button = this;
    button.disabled = true;
    takeAlong().then(function () { button.disabled = false; });
  });
  mark().catch(function () { take.hidden = true; });
})();
