/* The worker of a house that keeps nothing on phones: it takes away what an earlier one kept, and itself. */
(function () {
  "use strict";

  self.addEventListener("install", function () { self.skipWaiting(); });

  self.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) { return name.indexOf("yizhan-") === 0; })
        .map(function (name) { return caches.delete(name); }));
    }).then(function () { return self.registration.unregister(); }));
  });
})();
