/* What could not be sent and waits for a network: kept on the phone, sent once, and forgotten after seven days.

   Part of the pages and of the worker alike. self.yizhan.later:
     keep(address, fields) -> a promise of how many wait now
     send()                -> a promise of {sent, refused: [words], old, left, waiting}
     count()               -> a promise of how many wait

   Two pages never send the same: whoever sends holds a lock, which goes when its page goes. Where a browser has no
   locks, what is sent is claimed in one transaction, and a claim that was not redeemed counts no more after a while. */
(function () {
  "use strict";

  var yizhan = self.yizhan = self.yizhan || {};
  var STORE = "later";
  var OLDEST_MS = 7 * 24 * 3600 * 1000;
  var CLAIMED_MS = 3 * 60 * 1000;
  var PATIENCE_MS = 30 * 1000;
  var LONGEST_PAUSE_MS = 3600 * 1000;
  var AGAIN = [408, 425, 429]; // and all from 500 on: the same may be taken later

  // Where it is kept

  function done(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  function database() {
    var asked = indexedDB.open("yizhan", 1);
    asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: "id" }); };
    return done(asked);
  }

  // Give all that is kept to `change`, which gives back what is to be kept instead, or nothing to leave it; at once,
  // so that nobody comes between.
  function inDatabase(change) {
    return database().then(function (open) {
      return new Promise(function (resolve, reject) {
        var work = open.transaction(STORE, "readwrite");
        var store = work.objectStore(STORE);
        var result;
        store.getAll().onsuccess = function (got) {
          var before = got.target.result;
          result = change(before);
          if (result.keep) {
            store.clear();
            result.keep.forEach(function (one) { store.put(one); });
          }
        };
        work.oncomplete = function () { open.close(); resolve(result); };
        work.onabort = work.onerror = function () { open.close(); reject(work.error); };
      });
    });
  }

  function inStorage(change) {
    return new Promise(function (resolve) {
      var result = change(JSON.parse(localStorage.getItem("yizhan.later") || "[]"));
      if (result.keep) { localStorage.setItem("yizhan.later", JSON.stringify(result.keep)); }
      resolve(result);
    });
  }

  function change(how) {
    if (!self.indexedDB) { return inStorage(how); }
    return inDatabase(how).catch(function (fault) {
      if (!self.localStorage) { throw fault; }
      return inStorage(how); // a private window may refuse databases
    });
  }

  function count() {
    return change(function (all) { return { waiting: all.length }; }).then(function (one) { return one.waiting; });
  }

  function keep(address, fields) {
    var one = {
      id: Date.now().toString(36) + Math.random().toString(36).slice(2),
      address: address, fields: fields, since: Date.now(), claimed: 0, tries: 0, after: 0
    };
    return change(function (all) {
      var same = all.some(function (other) {
        return other.address === address && JSON.stringify(other.fields) === JSON.stringify(fields);
      });
      return same ? { waiting: all.length } : { keep: all.concat(one), waiting: all.length + 1 };
    }).then(function (kept) { return kept.waiting; });
  }

  function claim(others) {
    var now = Date.now();
    return change(function (all) {
      var young = all.filter(function (one) { return now - one.since < OLDEST_MS; });
      var mine = young.filter(function (one) { return one.after <= now && now - one.claimed >= others; });
      mine.forEach(function (one) { one.claimed = now; });
      return { keep: young, mine: mine, old: all.length - young.length };
    });
  }

  function settle(id, pause) {
    return change(function (all) {
      if (pause === undefined) { return { keep: all.filter(function (one) { return one.id !== id; }) }; }
      all.forEach(function (one) {
        if (one.id === id) {
          one.claimed = 0;
          one.tries += pause === 0 ? 0 : 1;
          one.after = pause === 0 ? 0 : Date.now() + Math.min(pause || 15000 * Math.pow(2, one.tries), LONGEST_PAUSE_MS);
        }
      });
      return { keep: all };
    });
  }

  // How it is sent

  function patiently(address, options) {
    var stop = self.AbortController ? new AbortController() : null;
    if (stop) { options.signal = stop.signal; }
    options.credentials = "same-origin";
    options.headers = options.headers || {};
    options.headers.Accept = "application/json";
    var timer;
    var late = new Promise(function (_, reject) {
      timer = setTimeout(function () {
        if (stop) { stop.abort(); }
        reject(new Error("late"));
      }, PATIENCE_MS);
    });
    return Promise.race([fetch(address, options), late]).then(function (answer) {
      clearTimeout(timer);
      return answer;
    }, function (fault) {
      clearTimeout(timer);
      throw fault;
    });
  }

  function token() {
    return patiently("/api/token", { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      var now = Date.parse(answer.headers.get("Date"));
      return answer.json().then(function (body) { return { key: body.token, now: now || Date.now() }; });
    });
  }

  // When it was found, by the house's clock: a phone's may be wrong.
  function foundAt(one, now) { return new Date(now - Math.max(0, Date.now() - one.since)).toISOString(); }

  function encoded(fields) {
    return fields.map(function (field) {
      return encodeURIComponent(field[0]) + "=" + encodeURIComponent(field[1]);
    }).join("&");
  }

  // Gives {taken: outcome}, {refused: words} or {again: pause in ms, or null}. Whatever stands between us and the house,
  // like the page that a hotel's network asks one to sign, is not an answer of the house.
  function post(address, fields, token) {
    return patiently(address, {
      method: "POST", body: encoded(fields),
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token }
    }).then(function (answer) {
      if (answer.status >= 500 || AGAIN.indexOf(answer.status) >= 0) {
        return { again: 1000 * Number(answer.headers.get("Retry-After")) || null };
      }
      return answer.json().then(function (body) {
        if (answer.ok) { return body.outcome ? { taken: body.outcome } : { again: null }; }
        return { refused: body.error ? body.error.message : String(answer.status), status: answer.status };
      }, function () { return { again: null }; });
    }, function () { return { again: null, away: true }; });
  }

  // Run something while no other page or worker does, or not at all; it is told how long claims of others count.
  function alone(run) {
    if (!navigator.locks) { return run(CLAIMED_MS); }
    return navigator.locks.request("yizhan-later", { ifAvailable: true }, function (lock) { return lock ? run(0) : null; });
  }

  function send() {
    var told = { sent: 0, refused: [], old: 0, left: 0, waiting: 0 };

    function next(mine, token) {
      var one = mine.shift();
      if (!one) { return Promise.resolve(); }
      var fields = one.fields.concat([["found", foundAt(one, token.now)]]);
      return post(one.address, fields, token.key).then(function (end) {
        if (end.taken) {
          told.sent += 1;
          return settle(one.id);
        }
        if (end.refused !== undefined) {
          told.refused.push(end.refused);
          return settle(one.id);
        }
        told.left += 1 + mine.length;
        return settle(one.id, end.away ? 0 : end.again).then(function () { return letGo(mine); });
      }).then(function () { return next(mine, token); });
    }

    function letGo(mine) {
      return mine.splice(0).reduce(function (before, one) {
        return before.then(function () { return settle(one.id, 0); });
      }, Promise.resolve());
    }

    return alone(function (others) {
      return claim(others).then(function (claimed) {
        told.old = claimed.old;
        if (!claimed.mine.length) { return null; }
        return token().then(function (got) { return next(claimed.mine, got); }, function () {
          told.left = claimed.mine.length;
          return letGo(claimed.mine);
        });
      });
    }).then(count).then(function (waiting) {
      told.waiting = waiting;
      return told;
    });
  }

  yizhan.later = { keep: keep, send: send, count: count, post: post, token: token };
})();
