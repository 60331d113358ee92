/* The worker of the finder. Before it the house writes RELEASE: its version, the files to keep, and the page that
   answers without a network, by language; and later.js.

   It keeps: those files and pages, anew with every release; one list of stations, taken anew when a page names another
   mark; and which language is read. Nothing else, and never an answer that tells where a person stands. The sheets of a
   round are put there by the page of the staff that takes them along (desk_next.js), and taken away at sign-out. */
(function () {
  "use strict";

  var RELEASE = self.RELEASE;
  var NOW = "yizhan-" + RELEASE.version;
  var KEPT = "yizhan-kept";
  var ROUND = "yizhan-round";
  var SHEET = /^\/desk\/inspections\/(sheet\/[^/]+|next)$/;
  var SHEETS_LAST_MS = 48 * 3600 * 1000; // as long as one stays signed in
  var SHEET_PATIENCE_MS = 3000;
  var SIGNING = /^\/desk\/sign-(in|out)(\/|$)/;
  var NOT_YOURS = [401, 403, 404];
  var STATE = "/kept/state";
  var PACK = "/kept/pack";
  var PATIENCE_MS = 4000;
  var MORE_PATIENCE_MS = 20000;
  var LATE_MS = 60000;
  var PAUSE_MS = 60 * 1000;
  var LONG_PAUSE_MS = 3600 * 1000;

  // A new release

  self.addEventListener("install", function (event) {
    self.skipWaiting();
    event.waitUntil(caches.open(NOW).then(function (cache) {
      var pages = Object.keys(RELEASE.pages).map(function (language) {
        // Without cookies: what is kept is for whoever holds the phone, and must not change the language that was chosen.
        return new Request(RELEASE.pages[language], { credentials: "omit", cache: "no-cache" });
      });
      return cache.addAll(RELEASE.files.concat(pages));
    }));
  });

  self.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) {
        return name.indexOf("yizhan-") === 0 && name !== NOW && name !== KEPT && name !== ROUND;
      }).map(function (name) { return caches.delete(name); }));
    }).then(function () {
      return self.registration.navigationPreload ? self.registration.navigationPreload.enable() : null;
    }).then(function () { return self.clients.claim(); }));
  });

  // What is asked

  self.addEventListener("fetch", function (event) {
    var request = event.request;
    var url = new URL(request.url);
    if (url.origin !== self.location.origin) { return; }
    // Whoever signs in or out is somebody else from here on.
    if (SIGNING.test(url.pathname)) { event.waitUntil(caches.delete(ROUND)); }
    if (request.method !== "GET") { return; }
    if (request.mode === "navigate") {
      event.respondWith(page(event, url));
    } else if (RELEASE.files.indexOf(url.pathname + url.search) >= 0) {
      event.respondWith(caches.match(request, { cacheName: NOW, ignoreVary: true }).then(function (kept) {
        return kept || fetch(request);
      }));
    } else if (url.pathname.indexOf("/static/") === 0) {
      event.respondWith(caches.match(request, { cacheName: ROUND, ignoreVary: true }).then(function (kept) {
        return kept || fetch(request);
      }));
    }
  });

  // A page that came when it was no longer waited for: shown when it is asked for again. In memory alone.
  var late = { address: "", answer: null, at: 0 };
  var slow = { address: "", at: 0 };

  function page(event, url) {
    var address = url.href;
    var now = Date.now();
    if (late.answer && late.address === address && now - late.at < LATE_MS) {
      var kept = late.answer;
      late = { address: "", answer: null, at: 0 };
      return Promise.resolve(kept);
    }
    var network = Promise.resolve(event.preloadResponse).catch(function () { return null; }).then(function (early) {
      return early || fetch(event.request);
    });
    if (SHEET.test(url.pathname)) { return sheet(event, url, network); }
    if (url.pathname !== "/" && !/^\/s\/[^/]+$/.test(url.pathname)) {
      return network.catch(function (fault) { return shell(url, "elsewhere", fault); });
    }
    var patience = slow.address === address && now - slow.at < LATE_MS ? MORE_PATIENCE_MS : PATIENCE_MS;
    return new Promise(function (resolve, reject) {
      var waited = false;
      var timer = setTimeout(function () {
        waited = true;
        slow = { address: address, at: Date.now() };
        resolve(shell(url, "slow").catch(function () { return network; }));
      }, patience);
      event.waitUntil(network.then(function (answer) {
        clearTimeout(timer);
        if (waited) {
          return whole(answer).then(function (all) {
            late = { address: address, answer: all, at: Date.now() };
            return tell(event.resultingClientId, "arrived");
          }).catch(function () { /* it broke off: the page offers to try again */ });
        }
        // What stands before the house says that the house does not answer.
        resolve(answer.status >= 502 && answer.status <= 504 ? shell(url, "down").catch(function () { return answer; }) : answer);
        return null;
      }, function (fault) {
        clearTimeout(timer);
        shell(url, "away", fault).then(resolve, reject);
      }));
    });
  }

  // A sheet of the staff: from the network, or as it was taken along where there is none, or where it does not answer
  // soon. An answer that it is not theirs any more takes all sheets away, also when it comes after one was shown.
  function sheet(event, url, network) {
    var next = /next$/.test(url.pathname);
    return caches.match(next ? url.pathname : url.href, { cacheName: ROUND, ignoreVary: true }).then(function (kept) {
      var young = kept && Date.now() - Number(kept.headers.get("X-Yizhan-Kept")) < SHEETS_LAST_MS;
      if (!young) { return network.catch(function (fault) { return shell(url, "elsewhere", fault); }); }
      return new Promise(function (resolve) {
        var waited = false;
        var timer = setTimeout(function () {
          waited = true;
          resolve(kept);
        }, SHEET_PATIENCE_MS);
        event.waitUntil(network.then(function (answer) {
          clearTimeout(timer);
          return isOfAnother(answer, waited && kept).then(function (other) {
            if (!waited) { resolve(answer.status >= 502 && answer.status <= 504 ? kept : answer); }
            if (!other) { return null; }
            return caches.delete(ROUND).then(function () { return waited ? tell(event.resultingClientId, "not yours") : null; });
          });
        }, function () {
          clearTimeout(timer);
          resolve(kept);
        }));
      });
    });
  }

  // Whether an answer is for nobody, or for somebody else than who took a sheet along that is shown already.
  function isOfAnother(answer, shown) {
    if (answer.type === "opaqueredirect" || answer.redirected || NOT_YOURS.indexOf(answer.status) >= 0) {
      return Promise.resolve(true);
    }
    if (!shown || !answer.ok) { return Promise.resolve(false); }
    return answer.text().then(function (text) {
      return text.indexOf('data-who="' + shown.headers.get("X-Yizhan-Who") + '"') < 0;
    }, function () { return false; }); // it broke off
  }

  function tell(id, what) {
    return id ? self.clients.get(id).then(function (client) {
      if (client) { client.postMessage({ kind: what }); }
    }) : null;
  }

  function shell(url, why, fault) {
    return language(url).then(function (spoken) {
      return caches.match(RELEASE.pages[spoken], { cacheName: NOW, ignoreVary: true });
    }).then(function (kept) {
      if (!kept) { throw fault || new Error(why); }
      return kept.text().then(function (text) { return alike(kept, text.replace('data-why="here"', 'data-why="' + why + '"')); });
    });
  }

  // An answer that has come to its end: what still comes when the event is over, the browser cuts off.
  function whole(answer) {
    return answer.type === "opaqueredirect" ? Promise.resolve(answer) : answer.text().then(function (text) { return alike(answer, text); });
  }

  // The same answer with another text, or with its own when that has been read.
  function alike(answer, text) {
    var headers = new Headers(answer.headers);
    ["Content-Encoding", "Content-Length", "ETag"].forEach(function (name) { headers.delete(name); });
    return new Response(text, { status: answer.status, headers: headers });
  }

  function language(url) {
    var asked = url.searchParams.get("lang");
    if (RELEASE.pages[asked]) { return Promise.resolve(asked); }
    return state().then(function (before) {
      if (before.lang) { return before.lang; }
      var spoken = (navigator.languages || [navigator.language]).join();
      return /\ben\b/.test(spoken) && !/\bzh\b/.test(spoken) ? "en" : "zh";
    });
  }

  // The list of stations

  function state() {
    return caches.match(STATE, { cacheName: KEPT }).then(function (kept) { return kept ? kept.json() : {}; });
  }

  function write(cache, what) { return cache.put(STATE, new Response(JSON.stringify(what))); }

  function keepPack(said) {
    return Promise.all([caches.open(KEPT), state()]).then(function (both) {
      var cache = both[0];
      var before = both[1];
      var now = Date.now();
      var address = said.address || before.address;
      var link = navigator.connection || {};
      var pause = link.saveData || /2g/.test(link.effectiveType || "") ? LONG_PAUSE_MS : PAUSE_MS;
      before.lang = said.lang;
      if (before.address === address && before.mark === said.mark) {
        before.checked = now;
        return write(cache, before);
      }
      if (!address || (before.wanted === address && now - before.tried < pause)) { return write(cache, before); }
      before.wanted = address;
      before.tried = now;
      return write(cache, before).then(function () {
        return fetch(address, { credentials: "omit", cache: "no-cache" });
      }).then(function (answer) {
        if (!answer.ok) { return null; }
        var mark = answer.headers.get("X-Yizhan-Mark");
        return cache.put(PACK, answer).then(function () {
          before.address = address;
          before.mark = mark;
          before.checked = Date.now();
          return write(cache, before);
        });
      });
    });
  }

  self.addEventListener("message", function (event) {
    if (event.data && event.data.kind === "pack") {
      event.waitUntil(keepPack(event.data).catch(function () { /* the next page tries again */ }));
    }
  });

  // What waits to be sent

  self.addEventListener("sync", function (event) {
    if (event.tag !== "yizhan-later") { return; }
    event.waitUntil(self.yizhan.later.send().then(function (told) {
      return self.clients.matchAll().then(function (all) {
        all.forEach(function (one) { one.postMessage({ kind: "sent", told: told }); });
        if (told.left) { throw new Error("some are left"); } // so that the browser tries again
      });
    }));
  });
})();
