/* Forms that say something of a station: sent without leaving the page, or kept when they cannot be sent.
   Fetched by offline.js where there are such forms or something waits. The words are on its script element. */
(function () {
  "use strict";

  var yizhan = window.yizhan;
  var later = yizhan.later;
  var words = JSON.parse(yizhan.offline.words);
  var TAG = "yizhan-later";
  var AGAIN_MS = 15000;
  var pressed = null;
  var line = null;

  function filled(text, values) {
    return text.replace(/%\((\w+)\)s/g, function (_, name) { return values[name]; });
  }

  function counted(key, number) { return filled(words[key][number === 1 ? 0 : 1], { num: number }); }

  function paragraph(kind, role, text) {
    var one = document.createElement("p");
    one.className = kind;
    one.setAttribute("role", role);
    one.textContent = text;
    return one;
  }

  function style() {
    if (document.querySelector('link[href="' + yizhan.offline.style + '"]')) { return; }
    var sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = yizhan.offline.style;
    document.head.appendChild(sheet);
  }

  // One line above the page says what waits, and what became of it.
  function say(texts) {
    var main = document.getElementById("main");
    if (!texts.length && !line) { return; }
    style();
    if (!line) {
      line = paragraph("later", "status", "");
      main.parentNode.insertBefore(line, main);
    }
    line.hidden = !texts.length;
    line.textContent = texts.join(" ");
  }

  function remember(waiting) {
    try {
      localStorage.setItem("yizhan.waiting", String(waiting));
    } catch (_) { /* storage is switched off: then nothing waits over the page */ }
  }

  function tell(told) {
    var texts = told.refused.map(function (why) { return filled(words.refused, { why: why }); });
    if (told.sent) { texts.push(counted("sent", told.sent)); }
    if (told.old) { texts.push(counted("old", told.old)); }
    if (told.waiting) { texts.push(counted("waiting", told.waiting)); }
    remember(told.waiting);
    say(texts);
  }

  function askForSync() {
    if (!navigator.serviceWorker || !window.SyncManager) { return; }
    navigator.serviceWorker.getRegistration("/").then(function (registration) {
      return registration && registration.sync ? registration.sync.register(TAG) : null;
    }).catch(function () { /* the page sends it itself */ });
  }

  var sending = false;

  function send() {
    if (sending || navigator.onLine === false) { return; }
    sending = true;
    later.send().then(function (told) {
      sending = false;
      tell(told);
    }, function () { sending = false; });
  }

  // What a form says

  function fieldsOf(form, button) {
    var fields = [];
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrf_token") { fields.push([name, value]); }
    });
    if (button && button.name) { fields.push([button.name, button.value]); }
    return fields;
  }

  function fault(form, text) {
    var before = form.querySelector(".fault");
    if (before) { before.parentNode.removeChild(before); }
    form.appendChild(paragraph("fault", "alert", text));
  }

  function keep(form, address, fields) {
    return later.keep(address, fields).then(function (waiting) {
      remember(waiting);
      style();
      var kept = paragraph("kept", "status", counted("kept", waiting));
      kept.tabIndex = -1;
      form.parentNode.insertBefore(kept, form);
      form.hidden = true;
      kept.focus();
      askForSync();
    });
  }

  // Once more with a fresh token where the page is an old one.
  function post(form, address, fields) {
    var own = form.elements.csrf_token ? form.elements.csrf_token.value : "";
    function afresh() {
      return later.token().then(function (token) { return later.post(address, fields, token.key); }, function () { return { again: null }; });
    }
    return own ? later.post(address, fields, own).then(function (end) {
      return end.status === 400 || end.status === 403 ? afresh() : end;
    }) : afresh();
  }

  document.addEventListener("click", function (click) {
    pressed = click.target.closest ? click.target.closest("button, input[type=submit]") : null;
  }, true);

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-later") || event.defaultPrevented) { return; }
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") { return; }
    var address = form.getAttribute("action");
    var fields = fieldsOf(form, event.submitter || (form.contains(pressed) ? pressed : null));
    if (navigator.onLine === false) {
      keep(form, address, fields);
      return;
    }
    form.setAttribute("aria-busy", "true");
    post(form, address, fields).then(function (end) {
      form.removeAttribute("aria-busy");
      if (end.taken) {
        var parts = /^(.*)\/(\w+)$/.exec(address);
        location.assign(parts[1] + "?said=" + parts[2] + "&outcome=" + end.taken + "#said");
      } else if (end.refused !== undefined) {
        fault(form, end.refused);
      } else {
        keep(form, address, fields);
      }
    });
  });

  window.addEventListener("online", send);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", function (event) {
      if (event.data && event.data.kind === "sent") { tell(event.data.told); }
    });
  }
  later.count().then(function (waiting) {
    remember(waiting);
    if (!waiting) { return; }
    tell({ sent: 0, refused: [], old: 0, waiting: waiting });
    send();
    setInterval(function () {
      if (line && !line.hidden) { send(); }
    }, AGAIN_MS);
  }).catch(function () { /* nothing can be kept here: then forms are sent as they always were */ });
})();
