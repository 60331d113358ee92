"""What somebody sends as a photo, checked by its content and drawn anew: small, upright, and with nothing hidden in it.

Nothing of the file that came is kept but what one sees. So no position, no camera, no words in a comment and nothing
that hangs on behind the picture gets into the registry, whatever a file claims to be.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stations.errors import PhotoError

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE, SMALL_SIDE = 1600, 320
"""Pixels of the longer side of what is kept, and of its thumbnail."""

MOST_BYTES = 300_000
"""Of what is kept."""

MOST_SENT = 15_000_000
"""Bytes of a file that is looked at."""

MOST_PIXELS, MOST_DRAWN = 65_000_000, 30_000_000
"""Pixels of a JPEG, which is read at a fraction of its size, and of any other picture."""

MOST_SCANS = 30
"""Times that a JPEG may go over its picture. Cameras and programs do so once, or some ten times; each time may be a
hundred bytes and still takes as long as the picture is large, so that a small file could take hours."""

LEAST_SIDE = 16
"""Pixels of the shorter side: less shows nothing."""

FORMATS = ("JPEG", "PNG", "WEBP")

SIZES, QUALITIES = (LONGEST_SIDE, 1280, 1024, 800, 640, 480), (85, 76, 66, 55)
"""What is tried, one after the other, until a picture is small enough."""

UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""Exif's orientation, and the `Image.Transpose` that sets it upright (Exif 2.3, tag 0x0112)."""

ORIENTATION = 0x0112

MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Of a JPEG: all but those that stand within a scan."""

START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA

HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""Major brands of ISO/IEC 23008-12 and of AVIF: how newer telephones keep photos."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A photo as it may be kept.

    Attributes
    ----------
    name
        SHA-256 of `data` in hexadecimal, and ``.jpg``.
    data, small
        JPEG of it, and of its thumbnail.
    width, height
        Pixels.
    """

    name: str
    data: bytes
    small: bytes
    width: int
    height: int


def cleaned(sent: bytes) -> Cleaned:
    """Draw what was sent anew.

    Raises
    ------
    PhotoError
        It is no photo that can be read, or too large a one.
    """
    if not sent:
        raise PhotoError("The file is empty. Choose the photo again.")
    if len(sent) > MOST_SENT:
        raise PhotoError(
            "The photo has {size} MB, and {most} MB is the most. Send it in a smaller size.",
            size=-(-len(sent) // 1_000_000),
            most=MOST_SENT // 1_000_000,
        )
    if sent[4:8] == b"ftyp" and sent[8:12] in HEIF_BRANDS:
        raise PhotoError(
            "This photo is in the format HEIC or AVIF, which not every telephone can show. Send it as JPEG: on an "
            "iPhone choose Settings, Camera, Formats, Most Compatible; or send a screenshot of it."
        )
    drawn = _drawn(sent)
    data, width, height = _small_enough(drawn)
    small, _, _ = _written(drawn, SMALL_SIDE, 70)
    return Cleaned(name_of(data), data, small, width, height)


def name_of(data: bytes) -> str:
    """Name a photo by what it is."""
    return hashlib.sha256(data).hexdigest() + ".jpg"


def _drawn(sent: bytes) -> Image.Image:
    """Read a picture, set it upright, and draw it on white, no larger than what is kept."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as picture:
            width, height = picture.size
            most = MOST_PIXELS if picture.format in {"JPEG", "MPO"} else MOST_DRAWN
            if width * height > most:
                raise _too_many(width, height)
            if picture.format in {"JPEG", "MPO"} and _scans(sent) > MOST_SCANS:
                raise PhotoError("The picture is put together in too many parts. Send a screenshot of it.")
            if min(width, height) < LEAST_SIDE:
                raise PhotoError(
                    "The picture has only {width} × {height} points. Send a larger one.", width=width, height=height
                )
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = UPRIGHT.get(_orientation(picture))
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            drawn = _on_white(picture)
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError("The picture has too many points. Send it in a smaller size.") from None
    except Exception:  # noqa: BLE001  what breaks a decoder shows itself in any of a dozen ways
        raise PhotoError("This is no photo that can be read. Send one as JPEG, PNG or WebP.") from None
    return drawn if upright is None else drawn.transpose(Image.Transpose(upright))


def _scans(sent: bytes) -> int:
    """How often a JPEG goes over its picture (ITU-T T.81, B.1.1): its SOS markers, up to the end of the picture.

    What hangs on behind, as the film of a moving photo, is not looked at; it is not read either.
    """
    scans, at = 0, 2
    while found := MARKER.search(sent, at):
        marker, at = found[0][1], found.end()
        if marker == END_OF_IMAGE:
            break
        scans += marker == START_OF_SCAN
        if marker not in {START_OF_IMAGE, 0x01}:
            at += max(2, int.from_bytes(sent[at : at + 2], "big"))
    return scans


def _too_many(width: int, height: int) -> PhotoError:
    return PhotoError(
        "The picture has {width} × {height} points, which is too many. Send it in a smaller size.",
        width=width,
        height=height,
    )


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  a photo whose Exif is broken is still a photo
        return 1


def _on_white(picture: Image.Image) -> Image.Image:
    """Give a picture that shares nothing with the file it came from: no profile, no comment, nothing transparent."""
    from PIL import Image

    clean = Image.new("RGB", picture.size, "white")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean.paste(picture.convert("RGB"))
    return clean


def _small_enough(drawn: Image.Image) -> tuple[bytes, int, int]:
    written = _written(drawn, SIZES[0], QUALITIES[0])
    tried = [(side, quality) for side in SIZES for quality in QUALITIES]
    for side, quality in tried[1:]:
        if len(written[0]) <= MOST_BYTES:
            break
        written = _written(drawn, side, quality)
    return written


def _written(drawn: Image.Image, side: int, quality: int) -> tuple[bytes, int, int]:
    from PIL import Image

    picture = drawn.copy()
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=quality, optimize=True, progressive=True)
    return into.getvalue(), picture.width, picture.height
