/* Photos are made small before they are sent or kept on a phone: a telephone's has five megabytes, and what the house
   keeps some 300 kB. Where a browser cannot, they stay as they are. */
(function () {
  "use strict";

  var yizhan = window.yizhan = window.yizhan || {};
  var LONGEST = 1600;
  var SMALL_ENOUGH = 350000;

  function can() {
    // Browsers that do not know this draw photos sideways, and what says how to turn them would be lost.
    return window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image") &&
      HTMLCanvasElement.prototype.toBlob && window.FileReader && window.File && window.Promise;
  }

  // What a file shows; it fails where the browser cannot tell.
  function pictured(file) {
    return new Promise(function (done, failed) {
      // Pages of this house show pictures of its own and those that stand in an address; none of a blob.
      var reader = new FileReader();
      var picture = new Image();
      reader.onerror = picture.onerror = failed;
      reader.onload = function () { picture.src = reader.result; };
      picture.onload = function () { done(picture); };
      reader.readAsDataURL(file);
    });
  }

  function drawn(picture, longest) {
    var by = Math.min(1, longest / Math.max(picture.naturalWidth, picture.naturalHeight));
    var canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.naturalWidth * by));
    canvas.height = Math.max(1, Math.round(picture.naturalHeight * by));
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // what is see-through would be black
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  function large(file) { return file.size > SMALL_ENOUGH; }

  function shrunk(file) {
    if (!can() || !large(file) || !/^image\/(jpeg|png|webp)$/.test(file.type)) { return Promise.resolve(file); }
    return pictured(file).then(function (picture) {
      return new Promise(function (done) {
        drawn(picture, LONGEST).toBlob(function (blob) {
          if (!blob || blob.size >= file.size) { done(file); return; }
          done(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
        }, "image/jpeg", 0.9);
      });
    }, function () { return file; });
  }

  yizhan.shrinking = { can: can, large: large, pictured: pictured, drawn: drawn, shrunk: shrunk };
})();
