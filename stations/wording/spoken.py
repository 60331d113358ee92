"""Which language is being spoken."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale


def language() -> str:
    """Language of the request, or of the command, as ``lang`` spells it: zh or en."""
    locale = get_locale()  # its name takes long to write out, and this is asked for every message
    return "en" if locale is not None and locale.language == "en" else "zh"


def joined(sentences: Iterable[str]) -> str:
    """Sentences one after the other, as the language writes them."""
    return (" " if language() == "en" else "").join(filter(None, sentences))
