/* Loads a map when some of it is seen, and not before: neither the list nor the button of a slow phone wait for it.

   window.yizhan.map(frame, ready): `frame` is the element that templates/base/map.html makes; `ready` is called with the
   chart (see basemap.js) once it stands. Where a script cannot be had, the frame says so and the page goes on. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var asked = {};
  var SEEN_PX = 120; // less of it at the lower edge is no more than a hint that there is a map

  function fetched(address, element, before) {
    if (!asked[address]) {
      asked[address] = new Promise(function (done, failed) {
        element.onload = done;
        element.onerror = function () {
          delete asked[address];
          element.remove();
          failed(new Error(address));
        };
        document.head.insertBefore(element, before);
      });
    }
    return asked[address];
  }

  function script(address) {
    var element = document.createElement("script");
    element.src = address;
    return fetched(address, element, null);
  }

  function style(address) {
    var element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = address;
    // Before the page's own, which change some of its rules.
    return fetched(address, element, document.head.querySelector("link[rel=stylesheet]"));
  }

  function all(addresses, get) {
    return Promise.all((addresses || "").split(" ").filter(Boolean).map(get));
  }

  yizhan.map = function (frame, ready) {
    var begun = false;

    function begin() {
      if (begun) { return; }
      begun = true;
      Promise.all([all(frame.dataset.styles, style), all(frame.dataset.scripts, script)]).then(function () {
        return true;
      }, function () {
        frame.textContent = frame.dataset.failed;
        frame.classList.add("failed");
        return false;
      }).then(function (loaded) {
        if (loaded) { ready(yizhan.chart(frame)); }
      });
    }

    if (!("IntersectionObserver" in window)) {
      begin();
      return;
    }
    var watch = new IntersectionObserver(function (seen) {
      if (seen.some(function (one) { return one.isIntersecting; })) {
        watch.disconnect();
        begin();
      }
    }, { rootMargin: "0px 0px -" + SEEN_PX + "px 0px" });
    watch.observe(frame);
  };
})();
