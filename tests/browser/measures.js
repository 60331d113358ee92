/* What the tests of pages for everyone measure in a page: each gives a list of faults in words, empty where there are none. */
window.measures = (function () {
  "use strict";

  const FINGER_PX = 44;
  const NOT_FOR_EYES = ".leaflet-container, .unseen, .skip, option, script, noscript, template";

  const cut = (one, length = 110) => (one.outerHTML || one).slice(0, length);
  const shown = one => one.offsetParent && getComputedStyle(one).visibility === "visible";

  // A link in a sentence is as large as its words.
  function inText(one) {
    const around = one.closest("p, li, td, dd, small");
    return getComputedStyle(one).display === "inline" && around && around.textContent.trim() !== one.textContent.trim();
  }

  // What a finger meets: the element, or what it puts around itself unseen.
  function reach(one) {
    const box = one.getBoundingClientRect();
    const around = getComputedStyle(one, "::after");
    const wide = around.position === "absolute" && around.content !== "none";
    return [box.width, box.height].map((size, side) =>
      Math.max(size, wide ? parseFloat(side ? around.height : around.width) || 0 : 0));
  }

  function smallTargets() {
    const pressed = "a[href], button, select, summary, input, textarea, [role=option], [tabindex='0']";
    // A box of its own may be unseen where its label is what one presses.
    const whole = one => ["radio", "checkbox"].includes(one.type) ? one.closest("label") || one : one;
    return [...document.querySelectorAll(pressed)]
      .filter(one => one.type !== "hidden" && !one.matches(".skip, .scroll, iframe") && !inText(one))
      .map(whole)
      .filter(shown)
      // Every station on the map is in the list too, or too far to be meant.
      .filter(one => !one.matches(".dot"))
      // The slider asks for the same hours with a larger target.
      .filter(one => !one.matches(".heat a"))
      .filter(one => Math.min(...reach(one)) < FINGER_PX - 0.5)
      .map(one => `smaller than a finger: ${reach(one).map(Math.round).join(" x ")} ${cut(one)}`);
  }

  function scrolls(one) {
    for (let up = one; up !== document.documentElement; up = up.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(up).overflowX)) { return true; }
    }
    return false;
  }

  function hides(up, box) {
    const style = getComputedStyle(up);
    const frame = up.getBoundingClientRect();
    const hidden = way => ["hidden", "clip"].includes(way);
    return hidden(style.overflowX) && (box.right > frame.right + 1 || box.left < frame.left - 1)
      || hidden(style.overflowY) && (box.bottom > frame.bottom + 1 || box.top < frame.top - 1);
  }

  function outOfSight() {
    const wide = document.documentElement.clientWidth;
    const whole = document.documentElement.scrollWidth;
    const said = whole > wide ? [`scrolls sideways: ${whole} of ${wide}`] : [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const one = texts.currentNode.parentElement;
      const text = texts.currentNode.data.trim();
      if (!text || !one.offsetParent || one.closest(NOT_FOR_EYES)) { continue; }
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const box = range.getBoundingClientRect();
      if (!box.width || box.right <= 0 || one.offsetWidth <= 1) { continue; } // for those who listen
      if ((box.left < -1 || box.right > wide + 1) && !scrolls(one)) { said.push(`out of the page: ${cut(text, 40)}`); }
      for (let up = one; up !== document.body; up = up.parentElement) {
        if (hides(up, box)) {
          said.push(`cut off: ${cut(text, 40)} in ${cut(up)}`);
          break;
        }
      }
    }
    return said;
  }

  function moving() {
    const lasts = times => times.split(",").some(time => parseFloat(time) > 0.011);
    return [...document.querySelectorAll("*")].filter(one => {
      const style = getComputedStyle(one);
      const runs = lasts(style.transitionDuration) || style.animationName !== "none" && lasts(style.animationDuration);
      return style.scrollBehavior === "smooth" || runs && !one.closest(".leaflet-container");
    }).map(one => `moves: ${cut(one)}`);
  }

  function look(one) {
    const style = getComputedStyle(one);
    return ["backgroundColor", "color", "borderStyle", "borderWidth", "borderColor", "outlineStyle", "textDecorationLine"]
      .map(name => style[name]).join();
  }

  function chosenUnseen() {
    const others = [...document.querySelectorAll("input:not(:checked) + span")];
    return [...document.querySelectorAll("input:checked + span")].filter(shown).filter(chosen => {
      const other = others.find(one => one.closest("fieldset") === chosen.closest("fieldset"));
      return other && look(other) === look(chosen);
    }).map(one => `chosen, and not to be seen: ${cut(one)}`);
  }

  return { smallTargets, outOfSight, moving, chosenUnseen };
})();
