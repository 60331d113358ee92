/* Coverage: the hour. A slider over the day in half hours, with what is covered at each hour drawn behind it. Moving it asks
   for the figures of that moment; letting go asks for the page. */
(function () {
  "use strict";

  var plan = window.yizhan.plan;
  var SVG = "http://www.w3.org/2000/svg";
  var WIDE = 240, HIGH = 40, HOURS = 24;
  var SETTLED_MS = 250;
  var settling = null;
  var week = null;
  var asked = "";
  var exact = ""; // the time as it was asked, until the slider is moved: a link may ask for 05:45

  function one(id) { return document.getElementById(id); }
  function two(number) { return (number < 10 ? "0" : "") + number; }

  function time() {
    var hours = Number(one("hour").value);
    return exact || two(Math.floor(hours)) + (hours % 1 ? ":30" : ":00");
  }

  function chosen() {
    var day = one("day");
    return day.value ? day.value + "T" + time() : "";
  }

  function first() {
    // Where in the week's hours a day begins; the holiday's stand behind the 168.
    // With no hour asked, the bars are of a usual day: they say what a slider would find.
    var day = one("day");
    var option = day.value ? day.selectedOptions[0] : day.options[Number(plan.data.today)];
    return option && option.dataset.first ? Number(option.dataset.first) : null;
  }

  function share(hour) {
    var from = first();
    return week && from !== null && from < week.said.length ? { sure: week.shares[from + hour], perhaps: week.shares_if[from + hour], said: week.said[from + hour] } : null;
  }

  function rect(x, top, height, kind) {
    var bar = document.createElementNS(SVG, "rect");
    bar.setAttribute("x", x + 1);
    bar.setAttribute("y", top);
    bar.setAttribute("width", WIDE / HOURS - 2);
    bar.setAttribute("height", Math.max(height, 0));
    bar.setAttribute("class", kind);
    return bar;
  }

  function draw() {
    var profile = one("profile");
    while (profile.firstChild) { profile.removeChild(profile.firstChild); }
    var now = one("day").value ? Number(time().slice(0, 2)) : -1;
    for (var hour = 0; hour < HOURS; hour++) {
      var height = share(hour);
      var x = hour * WIDE / HOURS;
      profile.appendChild(rect(x, 0, HIGH, hour === now ? "slot now" : "slot"));
      if (!height) { continue; }
      profile.appendChild(rect(x, HIGH * (1 - height.perhaps), HIGH * (height.perhaps - height.sure), "perhaps"));
      profile.appendChild(rect(x, HIGH * (1 - height.sure), HIGH * height.sure, hour === now ? "sure now" : "sure"));
    }
    var said = now < 0 ? one("day").selectedOptions[0].textContent : time();
    var figure = now < 0 || time().slice(3) !== "00" ? null : share(now); // the week is known by the hour
    one("clock").textContent = said;
    one("hour").setAttribute("aria-valuetext", figure ? said + ", " + figure.said : said);
    one("hours").classList.toggle("any", now < 0);
  }

  function withHour() {
    one("at").value = chosen();
    return plan.asked();
  }

  // The week depends on all but the hour.
  function fetchWeek() {
    if (!plan.data.towns) { return; } // what cannot be answered has no week either
    var params = plan.asked();
    ["at", "part", "vs"].forEach(function (name) { params.delete(name); });
    params.set("part", "clock");
    var day = one("day").options[1];
    if (day) { params.set("at", day.value + "T00:00"); }
    var address = plan.data.answer + "?" + params.toString();
    if (address === asked) { return; }
    asked = address;
    fetch(address, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.json() : Promise.reject(new Error(address));
    }).then(function (body) {
      if (asked !== address) { return; }
      week = body.clock;
      draw();
    }).catch(function () { if (asked === address) { asked = ""; } });
  }

  document.addEventListener("input", function (input) {
    if (input.target.id !== "hour") { return; }
    exact = "";
    if (!one("day").value) { one("day").selectedIndex = Number(plan.data.today); }
    draw();
    plan.live(withHour());
  });
  document.addEventListener("change", function (change) {
    if (change.target.id !== "hour" && change.target.id !== "day") { return; }
    if (change.target.id === "hour" && !one("day").value) { one("day").selectedIndex = Number(plan.data.today); }
    draw();
    var params = withHour();
    // By the keyboard one goes hour by hour, and asks where one stops.
    clearTimeout(settling);
    settling = setTimeout(function () { plan.go(params); }, change.target.id === "hour" ? SETTLED_MS : 0);
  });

  function follow(what) {
    one("hours").hidden = false;
    var at = one("at").value;
    var day = one("day");
    day.value = at.slice(0, 10);
    if (day.selectedIndex < 0) { day.selectedIndex = 0; }
    exact = day.value ? at.slice(11, 16) : "";
    if (exact) { one("hour").value = Number(exact.slice(0, 2)) + (Number(exact.slice(3)) < 30 ? 0 : 0.5); }
    draw();
    if (!what || !what.same) { fetchWeek(); } // what could not be answered has no week either
  }

  // The table of the week is one stop of the Tab key, walked by the arrow keys.
  var STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function cells() {
    return Array.from(document.querySelectorAll("#heat tbody tr")).map(function (row) { return Array.from(row.querySelectorAll("a")); });
  }

  function rove() {
    var all = cells();
    if (!all.length) { return; }
    var stop = document.querySelector("#heat a[aria-current]") || all[0][0];
    all.forEach(function (row) { row.forEach(function (one) { one.tabIndex = one === stop ? 0 : -1; }); });
    if (stop.hasAttribute("aria-current")) { uncover(stop); }
  }

  // On a phone the day is wider than the page: a chosen hour that is out of sight comes into the middle.
  function uncover(cell) {
    var box = cell.closest(".scroll");
    var inside = box.getBoundingClientRect();
    var there = cell.getBoundingClientRect();
    var name = cell.closest("tr").firstElementChild.getBoundingClientRect(); // stands still, and covers what is behind
    if (there.left >= name.right && there.right <= inside.right) { return; }
    box.scrollLeft += (there.left + there.right - inside.left - inside.right) / 2;
  }

  document.addEventListener("keydown", function (press) {
    var here = press.target.closest && press.target.closest("#heat a");
    if (!here || !STEPS[press.key]) { return; }
    var all = cells();
    var row = all.findIndex(function (one) { return one.indexOf(here) >= 0; });
    var next = (all[row + STEPS[press.key][0]] || [])[all[row].indexOf(here) + STEPS[press.key][1]];
    press.preventDefault();
    if (!next) { return; }
    here.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  plan.on("page", rove);
  rove();
  plan.on("page", follow);
  follow();
})();
