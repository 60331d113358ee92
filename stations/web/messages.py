"""The words of a language, read from a ``.po`` file itself: in a few milliseconds, as it is read at every start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from babel.support import NullTranslations

PART = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[0\])? )?"(.*)"')
ESCAPED = re.compile(r"\\(.)")
SIGNS = {"n": "\n", "t": "\t", "r": "\r"}


class Messages(NullTranslations):
    """The messages of a language that has one form for every number, as Chinese.

    Parameters
    ----------
    said
        What is said for each message; a message that is not there is said as it is.
    """

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__()
        self._said = said

    def gettext(self, message: str) -> str:
        """Say a message."""
        return self._said.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Say a message about a number of things."""
        return self._said.get(msgid1) or str(super().ngettext(msgid1, msgid2, n))

    ugettext = gettext
    ungettext = ngettext


def read_catalogue(folder: Path, locale: str) -> NullTranslations:
    """Read a locale's messages; none for English, which is what the code is written in."""
    path = folder / locale / "LC_MESSAGES" / "messages.po"
    return Messages(read_messages(path.read_text(encoding="utf-8"))) if path.exists() else NullTranslations()


def read_messages(text: str) -> dict[str, str]:
    """What a ``.po`` file says for each message that it translates; without contexts and further plural forms."""
    said: dict[str, str] = {}
    parts: dict[str, str] = {}
    part = ""
    for line in [*text.splitlines(), 'msgid ""']:
        found = PART.fullmatch(line)
        if found is None:
            continue
        begun, words = found.groups()
        if begun == "msgid":
            if parts.get("msgid") and parts.get("msgstr"):
                said.setdefault(parts["msgid"], parts["msgstr"])
            parts = {}
        part = begun or part
        parts[part] = parts.get(part, "") + ESCAPED.sub(lambda sign: SIGNS.get(sign[1], sign[1]), words)
    return said
