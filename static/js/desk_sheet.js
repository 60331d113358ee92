/* A sheet in the station: kept on this phone while one fills it in, photos made small, and sent when there is a network.
   See desk_kept.js for how it is kept and sent. Where nothing can be kept, the form is sent as it always was. */
(function () {
  "use strict";

  var form = document.getElementById("sheet");
  var round = window.yizhan.round;
  var shrinking = window.yizhan.shrinking;
  if (!form || !window.indexedDB || !window.FormData || !window.fetch) { return; }
  document.documentElement.classList.add("scripted");
  var words = form.dataset;
  var says = document.getElementById("says");
  var SMALL = 96;
  var PAUSE_MS = 400;
  var LATER = ["csrf_token", "do", "found"];
  var sheet = null;
  var timer = null;
  var pressed = null;
  var busy = false;

  function randomMark() {
    var bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return [].map.call(bytes, function (one) { return ("0" + one.toString(16)).slice(-2); }).join("");
  }

  function fieldsNow() {
    var fields = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && LATER.indexOf(name) < 0) { fields.push([name, value]); }
    });
    return fields;
  }

  function say(text, wrong) {
    says.textContent = text;
    says.classList.toggle("late", Boolean(wrong));
  }

  function answered() {
    var items = [].slice.call(form.querySelectorAll(".item"));
    var there = items.filter(function (one) {
      var number = one.querySelector("[name^='number.']");
      return number ? number.value.trim() : one.querySelector("input[type=radio]:checked");
    });
    return words.answered.replace("{done}", there.length).replace("{all}", items.length);
  }

  function keep() {
    sheet.fields = fieldsNow();
    sheet.ready = false;
    return round.put(sheet);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(function () { keep().catch(function () { /* then the form is sent as it is */ }); }, PAUSE_MS);
    say(answered());
  }

  // A photo as it is sent, and a small one to be shown meanwhile.
  function shrunk(file) {
    return shrinking.shrunk(file).then(function (blob) {
      return shrinking.pictured(blob).then(function (picture) {
        return { blob: blob, small: shrinking.drawn(picture, SMALL * 2).toDataURL("image/jpeg", 0.7) };
      });
    });
  }

  function show() {
    [].forEach.call(form.querySelectorAll(".snaps.mine"), function (one) { one.parentNode.removeChild(one); });
    sheet.photos.forEach(function (photo) {
      var item = document.getElementById("i-" + photo.key);
      if (!item) { return; }
      var row = item.querySelector(".snaps.mine");
      if (!row) {
        row = document.createElement("p");
        row.className = "snaps mine";
        item.insertBefore(row, item.querySelector(".task"));
      }
      var one = document.createElement("span");
      one.className = "snap";
      var picture = document.createElement("img");
      picture.src = photo.small;
      picture.alt = words.mine;
      picture.width = picture.height = SMALL;
      var away = document.createElement("button");
      away.type = "button";
      away.className = "quiet small";
      away.textContent = words.away;
      away.addEventListener("click", function () {
        sheet.photos.splice(sheet.photos.indexOf(photo), 1);
        show();
        soon();
      });
      one.appendChild(picture);
      one.appendChild(away);
      row.appendChild(one);
    });
  }

  function photographed(input) {
    var key = input.name.replace("photo.", "");
    var files = [].slice.call(input.files);
    return files.reduce(function (before, file) {
      return before.then(function () { return shrunk(file); }).then(function (photo) {
        var there = sheet.photos.filter(function (one) { return one.key === key; }).length;
        if (there < Number(words.most)) { sheet.photos.push({ key: key, blob: photo.blob, small: photo.small }); }
      });
    }, Promise.resolve()).then(function () {
      input.value = "";
      show();
      soon();
    }, function () {
      input.value = "";
      show();
      say(words.gone, true);
    });
  }

  // What was filled in before

  // Names of what somebody has filled in since the page came.
  function touched() {
    return [].filter.call(form.elements, function (one) {
      if (one.type === "radio" || one.type === "checkbox") { return one.checked !== one.defaultChecked; }
      return one.type !== "hidden" && one.defaultValue !== undefined && one.value !== one.defaultValue;
    }).map(function (one) { return one.name; });
  }

  function fill(fields, leave) {
    [].forEach.call(form.elements, function (one) {
      if ((one.type === "radio" || one.type === "checkbox") && leave.indexOf(one.name) < 0) { one.checked = false; }
    });
    fields.forEach(function (field) {
      if (leave.indexOf(field[0]) >= 0) { return; }
      [].forEach.call(form.querySelectorAll("[name='" + field[0].replace(/[^\w.]/g, "") + "']"), function (one) {
        if (one.type === "file") { return; }
        if (one.type === "radio" || one.type === "checkbox") {
          if (one.value === field[1]) { one.checked = true; }
        } else if (one.name !== "csrf_token") {
          one.value = field[1];
        }
      });
    });
  }

  function offer(text) {
    var line = document.createElement("p");
    line.className = "kept done";
    line.setAttribute("role", "status");
    var drop = document.createElement("button");
    drop.type = "button";
    drop.className = "quiet small";
    drop.textContent = words.drop;
    drop.addEventListener("click", function () { round.remove(sheet.mark).then(function () { location.reload(); }); });
    line.appendChild(document.createTextNode(text + " "));
    line.appendChild(drop);
    form.parentNode.insertBefore(line, form);
  }

  function begin(kept) {
    var mine = kept.filter(function (one) { return one.code === words.code && one.list === words.list; })[0];
    if (mine && words.fresh === "yes") {
      var newer = touched();
      sheet = mine;
      fill(sheet.fields, newer);
      form.elements.mark.value = sheet.mark;
      show();
      offer(sheet.ready ? words.waits : words.back);
      if (newer.length) { soon(); }
    } else {
      if (round.sent(form.elements.mark.value)) { form.elements.mark.value = randomMark(); } // an old copy of this page
      sheet = {
        mark: form.elements.mark.value, who: words.who, code: words.code, list: words.list, name: words.name,
        address: form.getAttribute("action"), fields: fieldsNow(), photos: [], ready: false, since: Date.now()
      };
      if (mine) { round.remove(mine.mark); } // the house has it
    }
    say(answered());
    // What was photographed before this page could keep it.
    [].forEach.call(form.querySelectorAll("input[type=file]"), function (input) {
      if (input.files.length) { photographed(input); }
    });
  }

  function sending(doing) {
    busy = true;
    clearTimeout(timer);
    sheet.fields = fieldsNow();
    sheet.ready = doing === "send";
    sheet.since = Date.now();
    form.setAttribute("aria-busy", "true");
    say(words.sending);
    function over() {
      busy = false;
      form.removeAttribute("aria-busy");
    }
    return round.put(sheet).then(function () {
      if (navigator.onLine === false) { return { again: true }; }
      return round.sendOne(sheet, function (number, all) {
        say(words.photo.replace("{done}", number).replace("{all}", all));
      });
    }).then(function (end) {
      over();
      if (end.address) {
        location.assign(end.address);
      } else if (end.saved) {
        location.assign(form.getAttribute("action") + "?list=" + encodeURIComponent(words.list) + "&said=saved");
      } else if (end.refused) {
        show();
        say(words.fault + " " + end.refused, true);
        var at = end.field && document.getElementById("i-" + end.field.replace(/^\w+\./, ""));
        if (at) { at.classList.add("wrong"); at.scrollIntoView(); }
      } else {
        say(words.kept);
      }
    }, function () {
      over();
      form.submit(); // nothing can be kept here
    });
  }

  form.addEventListener("click", function (click) {
    pressed = click.target.closest ? click.target.closest("button[type=submit]") : null;
  }, true);

  form.addEventListener("submit", function (event) {
    var button = event.submitter || pressed;
    var doing = button ? button.value : "send";
    if (!sheet || busy) {
      if (busy) { event.preventDefault(); }
      return;
    }
    if (doing === "drop") {
      round.remove(sheet.mark);
      return;
    }
    event.preventDefault();
    sending(doing);
  });

  form.addEventListener("change", function (event) {
    if (!sheet) { return; }
    if (event.target.type === "file") {
      photographed(event.target);
    } else {
      soon();
    }
  });
  form.addEventListener("input", function (event) { if (sheet && event.target.type !== "file") { soon(); } });
  document.addEventListener("yizhan-round-sent", function (event) {
    if (sheet && event.detail.mark === sheet.mark && !busy) { location.assign(event.detail.address); }
  });

  round.all(words.who).then(begin, function () { /* nothing can be kept: the form is sent as it always was */ });
})();
