"""What is sent to the doors of siting: the question in its fields or its address, and what else a form has."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from stations.errors import SitingError
from stations.scenarios import Plans
from stations.web.house import House
from stations.web.params import Args, BadParameter, first, given
from stations.web.sited import SITING_PARAMETERS

EVERYWHERE = frozenset({"csrf_token"})


def question_sent(own: frozenset[str] = frozenset()) -> Args:
    """The question of a form: its fields, and for what they leave out the parameters of the address.

    Parameters
    ----------
    own
        Fields of the form that are no part of the question.

    Raises
    ------
    BadParameter
        A field that does not exist: of a misspelt one nobody would know what became.
    """
    fields = given(request.form)
    known = SITING_PARAMETERS | {"plan"} | own | EVERYWHERE
    if strange := fields.keys() - known:
        name = min(strange)
        raise BadParameter(
            name,
            first(fields, name),
            "There is no parameter “{field}”. Known are: {known}.",
            known=", ".join(sorted(known - EVERYWHERE)),
        )
    taken = {name: values for name, values in fields.items() if name not in own | EVERYWHERE}
    return {**given(request.args), **taken}


def field_sent(name: str, longest: int = 2000) -> str:
    """A field of the form; empty where it is missing.

    Raises
    ------
    BadParameter
        It is longer than anything that can be meant.
    """
    text = request.form.get(name, "")
    if len(text) > longest:
        raise BadParameter(
            name, text, "“{field}” has {length} characters. Say it in {most}.", length=len(text), most=longest
        )
    return text


def plans_of(house: House) -> Plans:
    """Where plans are kept.

    Raises
    ------
    SitingError
        Nowhere.
    """
    if house.plans is None:
        raise SitingError("No plans are kept here.")
    return house.plans


def as_json(body: dict[str, Any], status: int = 200) -> Response:
    """An answer for programs; not to be kept."""
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
