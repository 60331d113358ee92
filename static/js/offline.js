/* Keeps the finder on the phone for when there is no network: registers the worker and tells it which list of stations
   is the present one. Everything here waits until the page stands. Where a browser has no worker, as in WeChat, the
   pages are as before. What cannot be sent is kept by forms.js, fetched only where there is something to send. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var said = document.currentScript.dataset;
  var container = navigator.serviceWorker;

  function isWaiting() {
    try {
      return Number(localStorage.getItem("yizhan.waiting")) > 0;
    } catch (_) { // storage is switched off
      return false;
    }
  }

  function fetchScript(address) {
    var script = document.createElement("script");
    script.src = address;
    script.async = false;
    document.head.appendChild(script);
  }

  function whenIdle(then) {
    function soon() {
      if (window.requestIdleCallback) {
        window.requestIdleCallback(then, { timeout: 5000 });
      } else {
        setTimeout(then, 1500);
      }
    }
    if (document.readyState === "complete") {
      soon();
    } else {
      window.addEventListener("load", soon);
    }
  }

  function keep() {
    container.register(said.worker, { scope: "/" }).then(function (registration) {
      if (!registration || !said.mark) { return; }
      container.ready.then(function (ready) {
        ready.active.postMessage({
          kind: "pack", address: said.pack, mark: said.mark, lang: document.documentElement.lang === "en" ? "en" : "zh"
        });
      });
    }).catch(function () { /* it is an extra: the pages work without it */ });
  }

  function takeAway() {
    container.getRegistrations().then(function (all) {
      return Promise.all(all.map(function (one) { return one.unregister(); }));
    }).then(function () { return window.caches ? caches.keys() : []; }).then(function (names) {
      names.forEach(function (name) {
        if (name.indexOf("yizhan-") === 0) { caches.delete(name); }
      });
    }).catch(function () { /* then there is nothing */ });
  }

  yizhan.offline = said;
  if (document.querySelector("form[data-later], template[data-later]") || isWaiting()) {
    fetchScript(said.later);
    fetchScript(said.forms);
  }
  if (container) { whenIdle(said.worker ? keep : takeAway); }
})();
