/* The station page with a script: the map, sharing, copying, printing. Without one, the page says and takes the same. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};

  function by(id) { return document.getElementById(id); }

  function offer(button, act) {
    if (!button) { return; }
    button.hidden = false;
    button.addEventListener("click", function () { act(button); });
  }

  function say(words) {
    var says = by("share-says");
    says.textContent = "";
    // A status that says the same again is read out again only if it was empty between.
    window.setTimeout(function () { says.textContent = words; }, 50);
  }

  // For browsers that let pages write to the clipboard only out of a field, or only on https.
  function copyFromField(text) {
    var field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "unseen";
    document.body.appendChild(field);
    field.select();
    var done = false;
    try { done = document.execCommand("copy"); } catch (refused) { done = false; }
    field.remove();
    return done;
  }

  function copy(button) {
    var words = button.dataset;
    function byField() {
      var done = copyFromField(words.address);
      button.focus();
      say(done ? words.done : words.failed);
    }
    if (navigator.clipboard && navigator.clipboard.writeText) {
      navigator.clipboard.writeText(words.address).then(function () { say(words.done); }, byField);
    } else {
      byField();
    }
  }

  if (navigator.share) {
    offer(by("share"), function (button) {
      var words = button.dataset;
      navigator.share({ title: words.title, text: words.text, url: words.address }).catch(function () {
        // The person thought better of it.
      });
    });
  }
  offer(by("copy"), copy);
  offer(by("print"), function () { window.print(); });

  // What became of what was just said is read out, and keys go on from there.
  var said = by("said");
  if (said) { said.focus(); }

  // One kind of report is open at a time, also where `name` on details is not known.
  var kinds = [].slice.call(document.querySelectorAll("details.kind"));
  kinds.forEach(function (kind) {
    kind.addEventListener("toggle", function () {
      if (!kind.open) { return; }
      kinds.forEach(function (other) { if (other !== kind) { other.open = false; } });
    });
  });

  var frame = by("map");
  if (frame && yizhan.map) {
    yizhan.map(frame, function (chart) {
      var data = JSON.parse(by("map-data").textContent);
      data.others.forEach(function (other) {
        var link = document.createElement("a");
        link.href = other.address;
        link.textContent = other.name;
        window.L.marker(chart.point(other.at), { icon: chart.icon(other.state, "", 20), title: other.name, alt: other.name })
          .bindPopup(link, { closeButton: false })
          .addTo(chart.map);
      });
      // This one is the page itself: nothing to press.
      window.L.marker(chart.point(data.at), {
        icon: chart.icon(data.state, "", 32), title: data.name, interactive: false, keyboard: false, zIndexOffset: 1000
      }).addTo(chart.map);
      chart.show([data.at], 17);
    });
  }
})();
