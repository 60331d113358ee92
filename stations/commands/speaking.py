"""What the command line says of a list, in the language that was asked for."""

from __future__ import annotations

from stations.web.faultwords import FAULTS, WORDS, speaker, told_of

__all__ = ["FAULTS", "WORDS", "speaker", "told_of"]
