"""A made-up organisation, in this process, that can also lie."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

ISSUER, CLIENT, SECRET = "https://id.example.org", "yizhan", "c6b1f0e2d3a94758"
HOUSE = "https://yizhan.example.org"


class Provider:
    """Answers as an organisation does; who stands at its door is `subject`.

    `claims` lay over what it says in its tokens, `doors` over what it says of itself.
    """

    def __init__(self, clock) -> None:
        self.clock = clock
        self.rsa = RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})
        self.keys = KeySet([
            self.rsa,
            ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"}),
        ])  # fmt: skip
        self.told, self.header = self.keys, {"alg": "RS256", "kid": "r1"}
        self.subject, self.mail = "4711", "ban@example.org"
        self.claims: dict[str, Any] = {}
        self.doors: dict[str, Any] = {}
        self.userinfo = None
        self.silent = False
        self.asked: list[tuple[str, dict, str]] = []
        self.codes: dict[str, dict] = {}

    def __call__(self, url, *, form=None, authorization="") -> bytes:
        self.asked.append((url, form, authorization))
        if self.silent:
            raise ConnectionError("no route to host")
        path = url.removeprefix(ISSUER)
        if path == "/.well-known/openid-configuration":
            return json.dumps(self.itself()).encode()
        if path == "/keys":
            return json.dumps(self.told.as_dict(private=False)).encode()
        if path == "/token":
            return json.dumps(self.exchange(form, authorization)).encode()
        if path == "/userinfo" and self.userinfo is not None:
            return json.dumps(self.userinfo).encode()
        raise OSError("status 404")

    def itself(self) -> dict:
        doors = {name: f"{ISSUER}/{name.partition('_')[0]}" for name in ("authorization_endpoint", "token_endpoint")}
        return (
            {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **doors, "userinfo_endpoint": f"{ISSUER}/userinfo"}
            | {"id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"]}
            | self.doors
        )

    def let_in(self, address: str) -> dict[str, str]:
        """What a browser brings back that was sent to an address and signs in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{ISSUER}/authorization?"), address
        assert asked["redirect_uri"] == f"{HOUSE}/desk/sign-in/organisation/back"
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert "openid" in asked["scope"].split()
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def exchange(self, form, authorization) -> dict:
        if (asked := self.codes.pop(form["code"], None)) is None:
            raise OSError("status 400")
        pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proven = plain(digest) == asked["code_challenge"]
        if not proven or authorization != f"Basic {pair}" or form["redirect_uri"] != asked["redirect_uri"]:
            raise OSError("status 400")
        return {"token_type": "Bearer", "access_token": "opaque", "id_token": self.token(asked["nonce"])}

    def token(self, nonce: str) -> str:
        now = int(self.clock().timestamp())
        said = {"iss": ISSUER, "sub": self.subject, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300}
        said |= {"email": self.mail, "email_verified": True} if self.mail else {}
        said = {name: value for name, value in (said | self.claims).items() if value is not None}
        if self.header["alg"] in {"none", "HS256"}:
            return self.forged(said)
        return jwt.encode(self.header, said, self.keys.get_by_kid(self.header["kid"]), algorithms=[self.header["alg"]])

    def forged(self, said: dict) -> str:
        """Not signed at all, or with the organisation's public key as a password (CVE-2016-10555)."""
        text = ".".join(plain(json.dumps(part).encode()) for part in (self.header, said))
        if self.header["alg"] == "none":
            return text + "."
        password = self.rsa.as_pem(private=False)
        return f"{text}.{plain(hmac.digest(password, text.encode(), 'sha256'))}"


def plain(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
