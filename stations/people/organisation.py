"""Signing in through an organisation: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).

What comes back is believed only as far as it is proven: a state that this browser was given and that counts once, a
code that the organisation exchanges for a token with this house alone, and a signature on that token by a key of the
organisation, for this house, for this sign-in, and for now.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from stations.errors import OrganisationError, PeopleError, SettingsError
from stations.people.wire import Wire, over_the_network
from stations.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures with a key that only the organisation has. None at all (``none``), and those with a key that both sides
know (``HS256``), prove nothing here."""

PATIENCE = timedelta(minutes=10)
"""Between leaving for the organisation and coming back."""

LEEWAY_S = 60
"""By how much the organisation's clock may be wrong."""

LEARNT_EACH = timedelta(hours=1)
"""After which the organisation is asked anew where its doors and keys are."""

KEYS_EACH = timedelta(minutes=1)
"""How often at most it is asked for keys because one is not known."""

AT_ONCE, WAIT_S = 2, 1.0
"""How many questions to the organisation may be on their way, and how long another waits for its turn: a server that
says nothing must not keep all threads of a worker."""

LEFT_ALONE = timedelta(seconds=10)
"""How long it is not asked again when it could not be reached."""

LONGEST_SUBJECT = 255
LONGEST_TOKEN = 65_536
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
BACK = "/desk/sign-in/organisation/back"

log = logging.getLogger("yizhan.organisation")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to an organisation.

    Attributes
    ----------
    issuer, subject
        Together they mean one person for good.
    mail
        An address that the organisation has made sure of; empty where it has not.
    """

    issuer: str
    subject: str
    mail: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a browser keeps while it is away at the organisation.

    Attributes
    ----------
    at
        When it left, in whole seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str = field(repr=False)
    at: int = 0


class Organisation:
    """An organisation that the staff can sign in through. Threads may share it.

    Parameters
    ----------
    issuer
        Its address, exactly as it calls itself.
    client_id, client_secret
        What it calls this house; the secret is empty where it gave none.
    name
        What the staff call it.
    house
        The address of this house.
    clock
        Gives aware moments.
    wire
        Asks its server; over the network when not given.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        name: str,
        house: str,
        clock: Callable[[], datetime],
        wire: Wire | None = None,
    ) -> None:
        self.issuer, self.name = issuer, name
        self._client, self._secret, self._back = client_id, client_secret, house + BACK
        self._clock, self._wire = clock, wire or over_the_network
        self._lock, self._room = Lock(), BoundedSemaphore(AT_ONCE)
        self._silent: datetime | None = None
        self._doors: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @classmethod
    def from_settings(cls, settings: Settings, clock: Callable[[], datetime]) -> Organisation | None:
        """Take the organisation that the settings name; None where they name none.

        Raises
        ------
        SettingsError
            They cannot be used together.
        """
        issuer, client = settings.oidc_issuer, settings.oidc_client_id
        if not issuer:
            if client or settings.oidc_client_secret.get_secret_value():
                raise SettingsError("YIZHAN_OIDC_ISSUER is missing: the address of the organisation’s sign-in.")
            return None
        parts = urlsplit(issuer)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
        if (
            not safe
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.username
            or not issuer.isprintable()
        ):
            raise SettingsError(
                "YIZHAN_OIDC_ISSUER is “{value}”, which is not the https address of an issuer.", value=issuer[:80]
            )
        if not client:
            raise SettingsError("YIZHAN_OIDC_CLIENT_ID is missing: what the organisation calls this house.")
        house = urlsplit(settings.address)
        if not (house.scheme == "https" or house.hostname in HERE):
            raise SettingsError(
                "YIZHAN_ADDRESS has to be an https address where the staff sign in through an organisation: "
                "it sends them back there."
            )
        secret, name = settings.oidc_client_secret.get_secret_value(), settings.oidc_name or parts.hostname
        return cls(issuer, client, secret, name, settings.address, clock)

    def leave(self) -> tuple[str, Leaving]:
        """Give where a browser is to go, and what it is to keep meanwhile.

        Raises
        ------
        OrganisationError
            The organisation cannot be reached.
        """
        at = int(self._clock().timestamp())
        leaving = Leaving(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), at)
        door = self._door("authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._back,
            "scope": "openid email",
            "state": leaving.state,
            "nonce": leaving.nonce,
            "code_challenge": _challenge(leaving.verifier),
            "code_challenge_method": "S256",
        }
        return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(asked)}", leaving

    def come_back(self, leaving: Leaving, *, state: str, code: str, issuer: str = "") -> Identity:
        """Give who came back.

        Parameters
        ----------
        leaving
            What the browser kept.
        state, code, issuer
            What it brought; the issuer where the organisation says it (RFC 9207).

        Raises
        ------
        PeopleError
            It is not what this browser left with, or that is too long ago.
        OrganisationError
            The organisation cannot be reached, or what it says does not prove anything.
        """
        self.recognised(leaving, state)
        if issuer and issuer != self.issuer:
            raise self._unproven("another issuer came back")
        answer = self._exchanged(code, leaving.verifier)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise self._unproven("no ID token came")
        claims = self._claims(token, leaving.nonce, access if isinstance(access, str) else "")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise self._unproven("its subject is none")
        if "email" not in claims and isinstance(access, str):
            claims |= self._more(access, subject)
        return Identity(self.issuer, subject, _mail(claims))

    def recognised(self, leaving: Leaving, state: str) -> None:
        """Take what a browser brings only if it is what it left with, not long ago.

        Raises
        ------
        PeopleError
            It is not.
        """
        age = self._clock().timestamp() - leaving.at
        if not hmac.compare_digest(leaving.state.encode(), state.encode()) or not -1 <= age <= PATIENCE.total_seconds():
            raise PeopleError("That sign-in was not begun here, or too long ago. Begin again.", field="organisation")

    def _exchanged(self, code: str, verifier: str) -> dict[str, Any]:
        """What the organisation gives for a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier}
        ways = self._known().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        authorization = ""
        if self._secret and ("client_secret_basic" in ways or "client_secret_post" not in ways):
            # Each part written as in a form first (RFC 6749, 2.3.1).
            pair = f"{quote(self._client, safe='')}:{quote(self._secret, safe='')}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self._client} | ({"client_secret": self._secret} if self._secret else {})
        return self._asked(self._door("token_endpoint"), form=form, authorization=authorization)

    def _claims(self, token: str, nonce: str, access: str) -> dict[str, Any]:
        """What an ID token says, once it is proven."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        keys = self._keys_for(token)
        said = self._known().get("id_token_signing_alg_values_supported", ["RS256"])
        algorithms = [one for one in SIGNED_WITH if one in said]
        if not algorithms:
            raise self._unproven("it signs with nothing that proves who signed")
        try:
            proven = jwt.decode(token, keys, algorithms=algorithms)
            wanted = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client},
            }
            held = {"nonce": nonce, "client_id": self._client, "access_token": access}
            claims = CodeIDToken(proven.claims, proven.header, wanted, held)
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise self._unproven(f"{type(fault).__name__}: {fault}") from None
        return dict(claims)

    def _more(self, access: str, subject: str) -> dict[str, Any]:
        """What the organisation says of somebody besides; nothing where it says it of somebody else."""
        if not isinstance(self._known().get("userinfo_endpoint"), str):
            return {}
        told = self._asked(self._door("userinfo_endpoint"), authorization=f"Bearer {access}")
        if told.get("sub") != subject:
            raise self._unproven("it tells of somebody else")
        return {name: told[name] for name in ("email", "email_verified") if name in told}

    def _keys_for(self, token: str) -> KeySet:
        """The organisation's keys; asked for anew where the one that a token names is not among them."""
        from joserfc.jwk import KeySet

        named, now = _header(token).get("kid"), self._clock()
        with self._lock:
            known = self._keys
        if known is not None and now - known[0] < LEARNT_EACH:
            there = named is None or any(key.kid == named for key in known[1])
            if there or now - known[0] < KEYS_EACH:
                return known[1]
        told = self._asked(self._door("jwks_uri")).get("keys")
        keys = KeySet([key for one in told if (key := _key(one)) is not None] if isinstance(told, list) else [])
        with self._lock:
            self._keys = (now, keys)
        return keys

    def _door(self, name: str) -> str:
        """One of the organisation's addresses; as safe as its own."""
        address = self._known().get(name)
        plain = isinstance(address, str) and address.isascii() and address.isprintable() and " " not in address
        parts = urlsplit(address if plain and isinstance(address, str) else "")
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE):
            return parts.geturl()
        raise self._unproven(f"{name} is no https address")

    def _known(self) -> dict[str, Any]:
        """What the organisation says of itself (OpenID Connect Discovery 1.0)."""
        now = self._clock()
        with self._lock:
            known = self._doors
        if known is not None and now - known[0] < LEARNT_EACH:
            return known[1]
        told = self._asked(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer:
            raise self._unproven("it calls itself by another address")
        with self._lock:
            self._doors = (now, told)
        return told

    def _asked(self, url: str, *, form: Mapping[str, str] | None = None, authorization: str = "") -> dict[str, Any]:
        now = self._clock()
        if self._silent is not None and now - self._silent < LEFT_ALONE:
            raise self._not_there()
        if not self._room.acquire(timeout=WAIT_S):
            raise self._not_there()
        try:
            answer = json.loads(self._wire(url, form=form, authorization=authorization))
        except ConnectionError as fault:
            log.warning("%s: %s", self.issuer, _plain(fault))
            self._silent = now
            raise self._not_there() from None
        except (OSError, ValueError) as fault:
            raise self._unproven(str(fault)) from None
        finally:
            self._room.release()
        if not isinstance(answer, dict):
            raise self._unproven("it answered something else")
        return answer

    def _not_there(self) -> OrganisationError:
        return OrganisationError(
            "{name} does not answer just now. Try again in a moment, or sign in with your password.",
            field="organisation",
            name=self.name,
        )

    def _unproven(self, why: str) -> OrganisationError:
        """What to say where nothing is proven. Why is for the log: somebody may be trying."""
        log.warning("%s: %s", self.issuer, _plain(why))
        return OrganisationError(
            "What {name} answered proves nothing. Begin again; if that happens again, tell whoever runs this site.",
            field="organisation",
            name=self.name,
        )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _header(token: str) -> dict[str, Any]:
    """What a token says of itself; nothing is proven by it."""
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def _key(told: object) -> Key | None:
    """Read a key that signatures are checked with; None for other keys, those that both sides know among them."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if not isinstance(told, dict) or told.get("kty") not in {"RSA", "EC", "OKP"} or told.get("use", "sig") != "sig":
        return None
    try:
        return import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _mail(claims: Mapping[str, Any]) -> str:
    """The address that the organisation has made sure of."""
    mail = claims.get("email")
    return mail if isinstance(mail, str) and claims.get("email_verified") is True else ""


def _plain(text: object) -> str:
    """Something for a log, in one line."""
    return re.sub(r"[^\x20-\x7e]", "?", str(text))[:200]
