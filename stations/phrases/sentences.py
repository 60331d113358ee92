"""Opening hours in OSM grammar, told as a sentence in Chinese or English.

A Chinese sentence can be read again: ``read_hours(sentence(text, "zh"))`` is the
same rule. What words cannot say is told as ``规则“week01-10 Mo 08:00-12:00”``.
"""

from __future__ import annotations

from typing import Literal

from stations.hours.clock import Hours
from stations.hours.rules import parts_of
from stations.phrases import chinese, english
from stations.phrases.occasions import occasions_of
from stations.phrases.telling import tellings_of

Language = Literal["zh", "en"]


def sentence(hours: Hours | str, language: Language) -> str:
    """Tell opening hours as a sentence.

    Parameters
    ----------
    hours
        A station's hours with its self-service hours, season and closures, or a
        text in OSM grammar.
    language
        "zh" or "en".

    Returns
    -------
    str
        Like ``周一至周五 08:30–12:00、13:00–17:30；法定节假日休息``, without a full stop.

    Raises
    ------
    HoursError
        A text that is not in the grammar.
    """
    words = chinese if language == "zh" else english
    if isinstance(hours, str):
        return words.told(tellings_of(parts_of(hours)) if hours.strip() else [])
    said = [sentence(hours.text, language)]
    if hours.self_service_text:
        said.append(words.self_service(tellings_of(parts_of(hours.self_service_text))))
    if hours.season:
        said.append(words.season(occasions_of(hours.season), tellings_of(parts_of(hours.season))))
    said += [words.closure(closure.first, closure.last, closure.reason) for closure in hours.closures]
    return words.joined(said)


def in_words(text: str) -> bool:
    """Whether all of a text in OSM grammar can be told in words.

    Raises
    ------
    HoursError
        A text that is not in the grammar.
    """
    return not text.strip() or not any(told.clause.verbatim for told in tellings_of(parts_of(text)))


def dates_in_words(text: str, language: Language) -> str:
    """Tell dates in OSM grammar, as ``每月第一个周六``; those that words cannot say as they are, nothing for all year.

    Raises
    ------
    HoursError
        A text that is not in the grammar.
    """
    words = chinese if language == "zh" else english
    found = occasions_of(text)
    return text if found is None else words.occasions(found)
