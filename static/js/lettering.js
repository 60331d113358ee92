/* How names are set on the base map: along a line, or at a point. What is named, and in which colour, is said in
   cartography.js.

   window.yizhan.lettering.alongLine(style) and .atPoint(style) give what protomaps calls a label symbolizer. `style`: of a
   feature its name(feature), size(zoom, feature) in pixels, weight(feature) and fill(feature); for all fonts, halo and
   haloWidth; along a line `repeat`, pixels from one to the next; at a point `row`, characters of a row, and `dot`.
   Chinese is set character by character: along a street that runs east and west each is turned with it, along one that
   runs north and south they stand upright, one below the other, as street maps in China have it. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};

  var HAN = /[\u2e80-\u9fff\uf900-\ufaff\u3000-\u30ff\uff00-\uffef]/;
  var widths = {};

  function advance(context, font, glyph, size) {
    if (HAN.test(glyph)) { return size * 1.04; }
    var key = font + glyph;
    if (widths[key] === undefined) {
      context.font = font;
      widths[key] = context.measureText(glyph).width;
    }
    return widths[key];
  }

  function box(x, y, half) { return { minX: x - half, minY: y - half, maxX: x + half, maxY: y + half }; }

  function lettered(context, style, draw) {
    context.globalAlpha = 1;
    context.font = style.font;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = style.halo;
    context.fillStyle = style.fill;
    context.lineWidth = style.haloWidth;
    draw("strokeText");
    draw("fillText");
  }

  /* Where along a line the glyphs go: their middles and the direction there; null where it turns too sharply. */
  function laid(line, ends, start, advances, turn) {
    var places = [];
    var at = 1;
    var along = start;
    var before = null;
    for (var i = 0; i < advances.length; i += 1) {
      var middle = along + advances[i] / 2;
      while (at < ends.length - 1 && ends[at] < middle) { at += 1; }
      var a = line[at - 1];
      var b = line[at];
      var length = ends[at] - ends[at - 1] || 1;
      var share = (middle - ends[at - 1]) / length;
      var angle = Math.atan2(b.y - a.y, b.x - a.x);
      if (before !== null) {
        var bend = Math.abs(Math.atan2(Math.sin(angle - before), Math.cos(angle - before)));
        if (bend > turn) { return null; }
      }
      before = angle;
      places.push({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, angle: angle });
      along += advances[i];
    }
    return places;
  }

  /* A name along a line, as often as there is room. */
  function alongLine(style) {
    return { place: function (layout, geometry, feature) {
      var name = style.name(feature);
      if (!name || name.length > 30) { return undefined; }
      var size = style.size(layout.zoom, feature);
      var font = style.weight(feature) + " " + size + "px " + style.fonts;
      var glyphs = Array.from(name);
      var chinese = HAN.test(name);
      // Where a street has the room, its characters stand apart, so that one reads which street they belong to.
      var advances = glyphs.map(function (glyph) { return advance(layout.scratch, font, glyph, size) + (chinese ? size * 0.18 : 0); });
      var total = advances.reduce(function (sum, one) { return sum + one; }, 0);
      var labels = [];
      geometry.forEach(function (line) {
        var ends = [0];
        for (var i = 1; i < line.length; i += 1) {
          ends.push(ends[i - 1] + Math.sqrt(Math.pow(line[i].x - line[i - 1].x, 2) + Math.pow(line[i].y - line[i - 1].y, 2)));
        }
        var length = ends[ends.length - 1];
        var room = length - total - size;
        if (room < 0) { return; }
        var count = Math.max(1, Math.round(length / style.repeat));
        for (var k = 0; k < count; k += 1) {
          var label = null;
          [0.5, 0.35, 0.65, 0.2, 0.8].some(function (share) {
            var middle = length * (k + share) / count;
            label = labelFrom(line, ends, Math.min(Math.max(middle - total / 2, size / 2), length - total - size / 2));
            return label !== null;
          });
          if (label) { labels.push(label); }
        }
      });

      function labelFrom(line, ends, start) {
        var turn = chinese ? 0.7 : 0.35;
        var places = laid(line, ends, start, advances, turn);
        if (!places) { return null; }
        var east = places[places.length - 1].x - places[0].x;
        var south = places[places.length - 1].y - places[0].y;
        var upright = chinese && Math.abs(south) > 1.2 * Math.abs(east);
        var backwards = upright ? south < 0 : east < 0;
        if (backwards) {
          places = laid(line, ends, start, advances.slice().reverse(), turn);
          if (!places) { return null; }
          places.reverse();
        }
        var turned = (backwards ? Math.PI : 0) - (upright ? Math.PI / 2 : 0);
        var anchor = line[0].clone();
        anchor.x = places[0].x;
        anchor.y = places[0].y;
        var paint = { font: font, fill: style.fill(feature), halo: style.halo, haloWidth: style.haloWidth };
        return {
          anchor: anchor,
          bboxes: places.map(function (one) { return box(one.x, one.y, size * 0.6); }),
          deduplicationKey: name,
          deduplicationDistance: style.repeat,
          draw: function (context) {
            lettered(context, paint, function (how) {
              places.forEach(function (one, i) {
                context.save();
                context.translate(one.x - anchor.x, one.y - anchor.y);
                context.rotate(one.angle + turned);
                context[how](glyphs[i], 0, 0);
                context.restore();
              });
            });
          }
        };
      }

      return labels.length ? labels : undefined;
    } };
  }

  /* A name at a point, in up to three rows; with a dot, the name is below it. */
  function atPoint(style) {
    return { place: function (layout, geometry, feature) {
      var name = style.name(feature);
      if (!name) { return undefined; }
      var size = style.size(layout.zoom, feature);
      var paint = { font: style.weight(feature) + " " + size + "px " + style.fonts, fill: style.fill(feature), halo: style.halo, haloWidth: style.haloWidth };
      var rows = broken(name, style.row);
      layout.scratch.font = paint.font;
      var wide = Math.max.apply(null, rows.map(function (row) { return layout.scratch.measureText(row).width; }));
      var high = rows.length * size * 1.15;
      var dot = style.dot ? 3 : 0;
      var at = geometry[0][0].clone();
      var below = dot ? dot + 3 : -high / 2;
      return [{
        anchor: at,
        bboxes: [{ minX: at.x - wide / 2 - 2, maxX: at.x + wide / 2 + 2, minY: at.y + (dot ? -dot - 1 : below) - 1, maxY: at.y + below + high + 1 }],
        deduplicationKey: name,
        deduplicationDistance: 120,
        draw: function (context) {
          lettered(context, paint, function (how) {
            rows.forEach(function (row, i) { context[how](row, 0, below + (i + 0.5) * size * 1.15); });
          });
          if (dot) {
            context.beginPath();
            context.arc(0, 0, dot, 0, 2 * Math.PI);
            context.lineWidth = 1.5;
            context.strokeStyle = style.halo;
            context.fill();
            context.stroke();
          }
        }
      }];
    } };
  }

  /* Rows of a name: broken at blanks, in Chinese also between characters, never inside a word of letters. */
  function broken(name, most) {
    if (name.length <= most) { return [name]; }
    var chinese = HAN.test(name);
    var words = chinese ? name.match(/[\u0021-\u024f]+|./g) : name.split(/\s+/);
    var count = Math.min(3, Math.ceil(name.length / most));
    var wide = Math.max(chinese ? Math.ceil(name.length / count) : most, 1);
    var rows = [""];
    words.forEach(function (word) {
      var row = rows[rows.length - 1];
      if (row && row.length + word.length > wide && rows.length < 3) {
        rows.push(word.trim());
      } else {
        rows[rows.length - 1] = row && !chinese ? row + " " + word : row + word;
      }
    });
    return rows.filter(Boolean);
  }

  yizhan.lettering = { alongLine: alongLine, atPoint: atPoint };
})();
