"""What is remembered between two requests, in a cookie alone: a token that a form was ours, and which device sends.

Nothing of it says who a person is. Whoever only looks for a station is given no cookie.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, Response, abort, jsonify, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf

from stations.upkeep.facts import Sender
from stations.web.clients import CLIENT, NOBODY
from stations.web.cookies import SAMESITE, cookie_name
from stations.web.house import House
from stations.web.params import BadParameter

COOKIE = "yizhan"
REMEMBERED = timedelta(days=2)
"""After the last thing that was sent: as long as a report waits for another to bear it out, and a visit for the end of
its day."""

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORMS = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data"})
"""Types of a body that is read."""

NULL = "\x00"
"""No text has it, and PostgreSQL takes no text with it."""


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, under the name that the request's scheme allows."""

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002  Flask's signature
        """Name of the cookie."""
        return cookie_name(COOKIE)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  Flask's signature
        """Whether a browser may send it by https alone."""
        return request.is_secure


def remember(app: Flask, house: House) -> None:
    """Let an app sign its cookies, and refuse what is sent by another site's page, or holds what no text has.

    Every changing request must carry the token of `/api/token`, as the form field ``csrf_token`` or the header
    ``X-CSRFToken``, together with the cookie it came with. Where a browser says which site a request starts from, it
    must be this one.
    """
    app.secret_key = signing_key(house)
    app.session_interface = Sessions()
    app.config.update(
        PERMANENT_SESSION_LIFETIME=REMEMBERED,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE=SAMESITE,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=int(REMEMBERED.total_seconds()),
        # What it asks of `Referer`, `refuse_strangers` asks of the headers that are meant for it.
        WTF_CSRF_SSL_STRICT=False,
    )
    ours = urlsplit(house.settings.address).netloc.lower()

    @app.before_request
    def refuse_strangers() -> None:
        if request.method in CHANGING:
            if not starts_here(request, ours):
                abort(403)
            if request.mimetype not in FORMS:
                abort(415)

    CSRFProtect(app)

    @app.before_request
    def refuse_null() -> None:
        if request.method not in CHANGING:
            return
        for name, text in request.form.items(multi=True):
            if NULL in name or NULL in text:
                raise BadParameter(
                    name.replace(NULL, "␀"),
                    text.replace(NULL, "␀"),
                    "“{field}” holds the character U+0000, which no text has. Take it out and send it again.",
                )

    app.register_blueprint(_token_door())


def signing_key(house: House) -> bytes:
    """Make the key that cookies are signed with.

    From the operator's secret, else from the one that the store keeps for all workers; where there is neither, nothing
    can be sent and a key for this process will do. It signs cookies and nothing else. With another secret the cookies
    that are out are forgotten.
    """
    secret = house.settings.secret.get_secret_value().encode()
    if not secret:
        secret = secrets.token_bytes(32) if house.upkeep is None else house.upkeep.secret()
    return blake2b(blake2b(secret).digest(), digest_size=32, person=b"yizhan cookies").digest()


def sender_of() -> Sender:
    """Say who sends the current request: its device, made known by a random token in its cookie, and its network."""
    device = session.get("device")
    if not isinstance(device, str):
        device = session["device"] = secrets.token_urlsafe(16)
    # Also when nothing is new: the cookie is kept for some days from now on.
    session.permanent = session.modified = True
    return Sender(device=device, network=request.environ.get(CLIENT, NOBODY))


def starts_here(asked: Request, ours: str) -> bool:
    """Whether a request was started by a page of this house, as far as its browser says so.

    Parameters
    ----------
    asked
        The request.
    ours
        Host, and port if any, that people know this house by; empty if not known. A proxy that does not pass on the
        host asked for would else make every browser a stranger.
    """
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = asked.headers.get("Origin")
    if origin is None:
        return True
    # The scheme is not compared: it is known only as well as the proxies tell it.
    return origin.lower().partition("://")[2] in {asked.host.lower(), ours} - {""}


def _token_door() -> Blueprint:
    door = Blueprint("session", __name__)

    @door.get("/api/token")
    def token() -> Response:
        """A token to send things with, for pages that were kept or waited."""
        answer = jsonify(token=generate_csrf())
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return door
