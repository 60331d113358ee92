/* On every page of the staff: sends the sheets of inspections that wait on this phone, and takes the sheets that were
   taken along off it when somebody signs out, or is somebody else. What is not sent yet stays for who filled it in. */
(function () {
  "use strict";

  var said = document.currentScript.dataset;
  var CACHE = "yizhan-round";
  var WHO = "yizhan.round.who";
  var AGAIN_MS = 20000;
  var line = null;
  var sending = false;

  function read(name) {
    try { return localStorage.getItem(name) || ""; } catch (_) { return ""; }
  }

  function forget() {
    try { localStorage.removeItem(WHO); } catch (_) { /* storage is switched off */ }
    return window.caches ? caches.delete(CACHE).catch(function () { return false; }) : Promise.resolve(false);
  }

  function say(texts) {
    var main = document.getElementById("main");
    if (!texts.length && !line) { return; }
    if (!line) {
      line = document.createElement("p");
      line.className = "done round-says";
      line.setAttribute("role", "status");
      main.insertBefore(line, main.firstChild);
    }
    line.hidden = !texts.length;
    line.textContent = texts.join(" ");
  }

  function load() {
    if (window.yizhan && window.yizhan.round) { return Promise.resolve(window.yizhan.round); }
    return new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = said.kept;
      script.onload = function () { resolve(window.yizhan.round); };
      script.onerror = reject;
      document.head.appendChild(script);
    });
  }

  function tell(told) {
    var texts = told.refused.map(function (one) { return said.refused.replace("{name}", one.name).replace("{why}", one.why); });
    told.sent.forEach(function (one) { texts.push(said.sent.replace("{name}", one.name)); });
    if (told.left) { texts.push(said.waits.replace("{count}", told.left)); }
    say(texts);
    told.sent.forEach(function (one) {
      document.dispatchEvent(new CustomEvent("yizhan-round-sent", { detail: one }));
    });
  }

  function send() {
    if (sending || !said.who || !(Number(read("yizhan.round")) > 0)) { return Promise.resolve(); }
    if (navigator.onLine === false) {
      say([said.waits.replace("{count}", read("yizhan.round"))]);
      return Promise.resolve();
    }
    sending = true;
    return load().then(function (round) { return round.send(said.who); }).then(function (told) {
      sending = false;
      tell(told);
    }, function () { sending = false; });
  }

  if (!said.who || (read(WHO) && read(WHO) !== said.who)) { forget(); }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.getAttribute("action") !== said.out) { return; }
    event.preventDefault();
    // What is finished is sent while one still can; the sheets go in any case.
    send().then(forget, forget).then(function () { form.submit(); });
  });

  // A sheet that was shown because the network was slow, and then the house did not know who asks any more.
  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", function (event) {
      if (event.data && event.data.kind === "not yours") { location.reload(); }
    });
  }

  window.addEventListener("online", send);
  send();
  setInterval(send, AGAIN_MS);
})();
