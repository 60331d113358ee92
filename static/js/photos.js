/* Photos of a form are made small before they are sent. And on a suggestion's pages: where one stands, and the address
   to copy. */
(function () {
  "use strict";

  var shrinking = window.yizhan.shrinking;

  Array.prototype.forEach.call(document.querySelectorAll("form[data-shrink]"), function (form) {
    var input = form.querySelector("input[type=file]");
    var says = form.querySelector("[data-says]");
    if (!input || !window.DataTransfer || !shrinking.can()) return;
    var turn = 0;
    input.addEventListener("change", function () {
      var files = Array.prototype.slice.call(input.files);
      var mine = ++turn;
      if (!files.some(shrinking.large)) return;
      if (says) says.textContent = form.getAttribute("data-shrinking");
      Promise.all(files.map(shrinking.shrunk)).then(function (small) {
        if (mine !== turn) return;
        var bag = new DataTransfer();
        small.forEach(function (file) { bag.items.add(file); });
        input.files = bag.files;
        if (says) says.textContent = "";
      }).catch(function () { if (says) says.textContent = ""; });
    });
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-here]"), function (line) {
    if (!navigator.geolocation || !window.isSecureContext) return;
    var button = line.querySelector("button");
    var says = line.querySelector("[role=status]");
    line.hidden = false;
    button.addEventListener("click", function () {
      button.disabled = true;
      says.textContent = "…";
      navigator.geolocation.getCurrentPosition(function (found) {
        var form = button.form;
        button.disabled = false;
        says.textContent = "";
        form.elements.place.value = found.coords.longitude.toFixed(6) + ", " + found.coords.latitude.toFixed(6);
        form.elements.datum.value = "wgs84";
      }, function () {
        button.disabled = false;
        says.textContent = button.getAttribute("data-failed");
      }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
    });
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (button) {
    if (!navigator.clipboard) return;
    var says = document.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
        says.textContent = button.getAttribute("data-done");
      }, function () {
        says.textContent = button.getAttribute("data-failed");
      });
    });
  });
})();
