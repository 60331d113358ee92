"""Positions in addresses, no finer than they need be: addresses are passed on, and kept in histories."""

from __future__ import annotations

import re

DECIMALS = 4
"""Of a degree: some ten metres."""

_FINER = re.compile(rf"(?<=\d\.\d{{{DECIMALS}}})\d+")


def coarse(text: str) -> str:
    """Cut every number in a text to `DECIMALS`."""
    return _FINER.sub("", text)
