/* Sheets of inspections that wait on this phone: answers and photos, kept until the house has taken them, and sent once.

   window.yizhan.round:
     put(sheet), remove(mark)   -> a promise
     all(who)                   -> a promise of what somebody has not sent yet
     sent(mark)                 -> whether a sheet was sent from here already
     send(who, say)             -> a promise of {sent: [{mark, address, name}], refused: [{mark, name, why}], left}
     sendOne(sheet, say)        -> a promise of {address} or {saved}, {refused: words, field}, or {again: true}

   A sheet: {mark, who, code, list, name, address, fields: [[name, value]], photos: [{key, blob, small}], ready, since}.
   Each carries its mark, so that what comes twice counts once, and who filled it in, so that it is sent as nobody else. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var DATABASE = "yizhan-round";
  var STORE = "sheets";
  var SENT = "yizhan.round.sent";
  var WAITING = "yizhan.round";
  var REMEMBERED = 200;
  var PATIENCE_MS = 60 * 1000;
  var AGAIN = [401, 403, 408, 425, 429]; // and all from 500 on: the same may be taken later

  function done(request) {
    return new Promise(function (resolve, reject) {
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  function inStore(mode, work) {
    if (!window.indexedDB) { return Promise.reject(new Error("no database")); }
    var asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: "mark" }); };
    return done(asked).then(function (open) {
      return new Promise(function (resolve, reject) {
        var transaction = open.transaction(STORE, mode);
        var result = work(transaction.objectStore(STORE));
        transaction.oncomplete = function () { open.close(); resolve(result.result); };
        transaction.onabort = transaction.onerror = function () { open.close(); reject(transaction.error); };
      });
    });
  }

  function put(sheet) { return inStore("readwrite", function (store) { return store.put(sheet); }).then(count); }

  function remove(mark) { return inStore("readwrite", function (store) { return store.delete(mark); }).then(count); }

  function every() { return inStore("readonly", function (store) { return store.getAll(); }); }

  function all(who) {
    return every().then(function (sheets) { return sheets.filter(function (one) { return one.who === who; }); });
  }

  // How many are finished is known to pages that do not open the database.
  function count() {
    return every().then(function (sheets) {
      var ready = sheets.filter(function (one) { return one.ready; }).length;
      try { localStorage.setItem(WAITING, String(ready)); } catch (_) { /* storage is switched off */ }
    });
  }

  function marks() {
    try { return JSON.parse(localStorage.getItem(SENT) || "[]"); } catch (_) { return []; }
  }

  function sent(mark) { return marks().indexOf(mark) >= 0; }

  function remember(mark) {
    try {
      localStorage.setItem(SENT, JSON.stringify(marks().concat(mark).slice(-REMEMBERED)));
    } catch (_) { /* storage is switched off */ }
  }

  // How it is sent

  function patiently(address, options) {
    var stop = window.AbortController ? new AbortController() : null;
    if (stop) { options.signal = stop.signal; }
    options.credentials = "same-origin";
    options.headers = options.headers || {};
    options.headers.Accept = "application/json";
    var timer = setTimeout(function () { if (stop) { stop.abort(); } }, PATIENCE_MS);
    return fetch(address, options).then(function (answer) {
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

  function post(sheet, doing, token, photo) {
    var body = new FormData();
    sheet.fields.forEach(function (field) { body.append(field[0], field[1]); });
    body.append("do", doing);
    // When somebody was there, by the house's clock: a phone's may be wrong.
    body.append("found", new Date(token.now - Math.max(0, Date.now() - sheet.since)).toISOString());
    if (photo) { body.append("photo." + photo.key, photo.blob, "photo.jpg"); }
    return patiently(sheet.address, { method: "POST", body: body, headers: { "X-CSRFToken": token.key } }).then(function (answer) {
      if (answer.status >= 500 || AGAIN.indexOf(answer.status) >= 0) { return { again: true }; }
      return answer.json().then(function (told) {
        if (answer.ok) { return told.outcome ? told : { again: true }; }
        return { refused: told.error ? told.error.message : String(answer.status), field: told.error ? told.error.field : "", faults: told.faults || {} };
      }, function () { return { again: true }; });
    }, function () { return { again: true }; });
  }

  function sendOne(sheet, say) {
    var all = sheet.photos.length;

    // Photos first and one by one: what has arrived needs not be sent again when the network breaks off.
    function photos(token) {
      var photo = sheet.photos[0];
      if (!photo) { return Promise.resolve(null); }
      if (say) { say(all - sheet.photos.length + 1, all); }
      return post(sheet, "save", token, photo).then(function (told) {
        var why = told.faults && told.faults["photo." + photo.key];
        if (told.again) { return told; }
        if (told.refused && !why && told.field !== null && !Object.keys(told.faults).length) { return told; }
        sheet.photos.shift();
        return put(sheet).then(function () { return why ? { refused: why, field: "photo." + photo.key } : photos(token); });
      });
    }

    return token().then(function (got) {
      return photos(got).then(function (stopped) {
        return stopped || post(sheet, sheet.ready ? "send" : "save", got);
      });
    }, function () { return { again: true }; }).then(function (end) {
      if (end.again) { return end; }
      if (end.refused) {
        sheet.ready = false;
        return put(sheet).then(function () { return end; });
      }
      if (sheet.ready) { remember(sheet.mark); }
      return remove(sheet.mark).then(function () { return end.address ? { address: end.address } : { saved: true }; });
    });
  }

  function alone(run) {
    if (!navigator.locks) { return run(); }
    return navigator.locks.request("yizhan-round", { ifAvailable: true }, function (lock) { return lock ? run() : null; });
  }

  function send(who, say) {
    var told = { sent: [], refused: [], left: 0 };

    function next(sheets) {
      var sheet = sheets.shift();
      if (!sheet) { return Promise.resolve(); }
      return sendOne(sheet, say).then(function (end) {
        if (end.again) { told.left += 1; }
        if (end.refused) { told.refused.push({ mark: sheet.mark, name: sheet.name, why: end.refused }); }
        if (end.address) { told.sent.push({ mark: sheet.mark, name: sheet.name, address: end.address }); }
      }).then(function () { return next(sheets); });
    }

    return alone(function () {
      return all(who).then(function (sheets) { return next(sheets.filter(function (one) { return one.ready; })); });
    }).then(function () { return told; });
  }

  yizhan.round = { put: put, remove: remove, all: all, sent: sent, send: send, sendOne: sendOne };
})();
