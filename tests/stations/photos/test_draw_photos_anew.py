"""Whatever is sent as a photo: what is kept is small, upright, and shows what one sees and nothing else."""

import hashlib
import io
import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from stations.errors import PhotoError
from stations.photos.cleaning import LONGEST_SIDE, MOST_BYTES, SMALL_SIDE, cleaned
from tests.stations.photos.conftest import sent

SECRET = b"28.4567N 117.9876E"


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def corners(picture):
    """Whether each corner is red: upper left, upper right, lower left, lower right."""
    right, low = picture.width - 9, picture.height - 9
    return [picture.getpixel(at)[0] > 200 for at in ((8, 8), (right, 8), (8, low), (right, low))]


def with_secrets(orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()  # GPSDateStamp, as any field of the position
    return sent(exif=exif, comment=SECRET, icc_profile=SECRET * 9) + b"PK\x03\x04" + SECRET


def test_a_large_photo_becomes_small_and_is_named_by_its_content():
    kept = cleaned(sent(4032, 3024))
    assert (kept.width, kept.height) == (1600, 1200) == opened(kept.data).size
    assert len(kept.data) <= MOST_BYTES
    assert kept.name == hashlib.sha256(kept.data).hexdigest() + ".jpg"
    assert opened(kept.small).size == (320, 240)


def test_a_small_photo_is_not_blown_up():
    kept = cleaned(sent(200, 100))
    assert (kept.width, kept.height) == (200, 100) == opened(kept.small).size


def test_noise_too_becomes_small_enough():
    noise = random.Random(1).randbytes(1600 * 1200 * 3)
    into = io.BytesIO()
    Image.frombytes("RGB", (1600, 1200), noise).save(into, "JPEG", quality=95)
    kept = cleaned(into.getvalue())
    assert len(kept.data) <= MOST_BYTES
    assert len(kept.small) <= MOST_BYTES // 4


def test_nothing_hidden_comes_through():
    data = with_secrets()
    assert data.count(SECRET) >= 12
    kept = cleaned(data)
    for drawn in (kept.data, kept.small):
        assert SECRET not in drawn
        found = opened(drawn)
        assert not dict(found.getexif())
        assert not {"comment", "icc_profile", "exif", "xmp", "photoshop"} & set(found.info)


def test_words_in_a_png_do_not_come_through():
    words = PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    data = sent(kind="PNG", pnginfo=words)
    assert SECRET in data
    assert SECRET not in cleaned(data).data


@pytest.mark.parametrize(
    ("orientation", "red"), [(1, 0), (2, 1), (3, 3), (4, 2), (5, 0), (6, 1), (7, 3), (8, 2), (99, 0)]
)
def test_a_telephone_held_sideways(orientation, red):
    found = opened(cleaned(with_secrets(orientation)).data)
    assert corners(found) == [corner == red for corner in range(4)]
    assert found.size == ((480, 640) if orientation in {5, 6, 7, 8} else (640, 480))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_taken_is_kept_as_jpeg(kind):
    assert opened(cleaned(sent(kind=kind)).data).format == "JPEG"


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "RGBA", "LA", "I;16"])
def test_every_kind_of_colour(mode):
    into = io.BytesIO()
    Image.new("L", (64, 64), 128).convert("L" if mode == "I;16" else mode).convert(mode).save(
        into, "JPEG" if mode == "CMYK" else "PNG"
    )
    assert opened(cleaned(into.getvalue()).data).mode == "RGB"


def test_what_is_transparent_becomes_white():
    into = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(into, "PNG")
    assert min(opened(cleaned(into.getvalue()).data).getpixel((32, 32))) > 250


def png_of(width, height):
    """The head of a PNG that says that it is so large, with next to nothing in it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "no photo that can be read"),
        (b"GIF89a" + bytes(100), "no photo that can be read"),
        (b"%PDF-1.7" + bytes(100), "no photo that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no photo that can be read"),
        (sent()[:800], "no photo that can be read"),
        (sent(kind="PNG")[:200], "no photo that can be read"),
        (sent(kind="GIF"), "no photo that can be read"),
        (sent(kind="TIFF"), "no photo that can be read"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "Most Compatible"),
        (b"\0\0\0\x18ftypavif" + bytes(100), "send a screenshot"),
        (sent(15, 900), "15 × 900"),
        (png_of(6000, 6000), "6000 × 6000"),
        (png_of(60_000, 60_000), "too many points"),
        (bytes(15_000_001), "16 MB, and 15 MB is the most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_is_refused_with_words(data, words):
    with pytest.raises(PhotoError, match=words):
        cleaned(data)


SMALL_PHOTO = sent(40, 30)


@given(at=st.integers(0, len(SMALL_PHOTO) - 1), value=st.integers(0, 255), cut=st.integers(0, len(SMALL_PHOTO)))
def test_a_spoilt_photo_is_drawn_or_refused(at, value, cut):
    spoilt = bytearray(SMALL_PHOTO)
    spoilt[at] = value
    for data in (bytes(spoilt), SMALL_PHOTO[:cut]):
        try:
            kept = cleaned(data)
        except PhotoError:
            continue
        assert max(opened(kept.data).size) <= LONGEST_SIDE
        assert max(opened(kept.small).size) <= SMALL_SIDE


def scans_of(data):
    """Where each scan of a JPEG of one colour begins; its last ends two bytes before the end."""
    return [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]


def test_a_small_jpeg_that_would_be_gone_over_for_hours_is_refused_at_once():
    whole = sent(600, 400, progressive=True)
    last = whole[scans_of(whole)[-1] : -2]
    assert 2 <= len(scans_of(whole)) <= 12
    assert cleaned(whole[:-2] + 5 * last + b"\xff\xd9").width == 600
    with pytest.raises(PhotoError, match="too many parts"):
        cleaned(whole[:-2] + 500 * last + b"\xff\xd9")


def test_what_hangs_on_behind_a_photo_is_no_part_of_it():
    film = b"\xff\xda\x00\x02" * 500
    assert cleaned(sent(progressive=True) + film).width == 640
    assert cleaned(sent(comment=film)).width == 640
