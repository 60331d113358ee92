/* Planning: something is put on the map without a mouse. A cross stands in the middle; one moves the map beneath it, by hand
   or by the arrow keys, or taps the place.

   window.yizhan.plan.placing(chart, own) gives
     active()         whether the cross stands
     begin([at])      sets it up, over a WGS-84 position where one is given
     tapped([lon, lat])  ends with a place
   `own.look([lon, lat])` is told where the cross is, `own.done([lon, lat])` where it was set, `own.off()` that it was not. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var CLOSE_ZOOM = 13;

  plan.placing = function (chart, own) {
    var frame = document.getElementById("placing");
    var button = document.getElementById("place");
    var off = document.getElementById("placing-off");

    function here() { return chart.lonlat(chart.map.getCenter()); }
    function look() { if (own.look) { own.look(here()); } }

    function end() {
      frame.hidden = true;
      document.body.classList.remove("placing-now");
      chart.map.off("moveend", look);
    }

    var placing = {
      active: function () { return !frame.hidden; },
      begin: function (at) {
        chart.map.closePopup();
        frame.hidden = false;
        document.body.classList.add("placing-now");
        chart.map.off("moveend", look).on("moveend", look);
        if (at) { chart.map.setView(chart.point(at), Math.max(chart.map.getZoom(), CLOSE_ZOOM), { animate: false }); } else { look(); }
        chart.map.getContainer().focus({ preventScroll: true });
      },
      tapped: function (position) {
        end();
        return own.done(position);
      }
    };

    document.querySelector(".map-tools").hidden = false;
    button.addEventListener("click", function () { own.begin(); });
    document.getElementById("placing-here").addEventListener("click", function () { placing.tapped(here()); });
    off.addEventListener("click", function () {
      end();
      own.off();
      button.focus();
    });
    frame.parentNode.addEventListener("keydown", function (press) {
      if (!placing.active()) { return; }
      if (press.key === "Escape") { off.click(); }
      if (press.key === "Enter" && press.target === chart.map.getContainer()) {
        press.preventDefault();
        placing.tapped(here());
      }
    });
    return placing;
  };
})();
