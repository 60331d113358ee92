"""Signing in through an organisation: what is proven opens the account of one person, and nothing else opens any."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Semaphore, Thread

import pytest
from joserfc.jwk import KeySet, RSAKey

from stations.errors import OrganisationError, PeopleError, SettingsError, TooOftenError
from stations.people.facts import By, Grant, Role
from stations.people.identities import Identities
from stations.people.organisation import Identity, Organisation
from stations.people.signing import NETWORK
from stations.settings import Settings
from tests.stations.people.conftest import DOOR
from tests.stations.people.provider import CLIENT, HOUSE, ISSUER, SECRET, Provider


@pytest.fixture(scope="module")
def made():
    return Provider(None)


@pytest.fixture
def provider(made, clock):
    """One provider's keys for all tests, as making them takes long."""
    fresh = Provider.__new__(Provider)
    fresh.__dict__ |= made.__dict__ | {"clock": clock, "asked": [], "codes": {}, "claims": {}, "doors": {}}
    fresh.header = {"alg": "RS256", "kid": "r1"}
    return fresh


@pytest.fixture
def organisation(provider, clock):
    return Organisation(ISSUER, CLIENT, SECRET, "工会", HOUSE, clock, provider)


@pytest.fixture
def come(organisation, provider):
    """Goes there, signs in and comes back."""

    def come(**brought):
        address, leaving = organisation.leave()
        return organisation.come_back(leaving, **provider.let_in(address) | brought)

    return come


@pytest.mark.parametrize("header", [{"alg": "RS256", "kid": "r1"}, {"alg": "ES256", "kid": "e1"}])
def test_who_signs_in_there_is_known(come, provider, header) -> None:
    provider.header = header
    assert come() == Identity(ISSUER, "4711", "ban@example.org")


def test_it_is_asked_for_its_doors_and_keys_once_in_a_while(come, provider, clock) -> None:
    come()
    come()
    assert [url for url, _, _ in provider.asked].count(f"{ISSUER}/keys") == 1
    clock.on(hours=2)
    come()
    assert [url for url, _, _ in provider.asked].count(f"{ISSUER}/.well-known/openid-configuration") == 2


def test_a_new_key_of_the_organisation_is_learnt(come, provider, clock) -> None:
    come()
    fresh = KeySet([RSAKey.generate_key(2048, {"kid": "r2", "use": "sig"})])
    provider.keys = provider.told = fresh
    provider.header = {"alg": "RS256", "kid": "r2"}
    with pytest.raises(OrganisationError):
        come()  # asked a moment ago: whoever sends made-up keys does not have it asked without end
    clock.on(minutes=2)
    assert come().subject == "4711"


def test_without_a_secret_the_code_is_proven_by_its_verifier_alone(provider, clock) -> None:
    organisation = Organisation(ISSUER, CLIENT, "", "工会", HOUSE, clock, provider)
    address, leaving = organisation.leave()
    with pytest.raises(OrganisationError):
        organisation.come_back(leaving, **provider.let_in(address))
    assert provider.asked[-1][1]["client_id"] == CLIENT
    assert provider.asked[-1][2] == ""


@pytest.mark.parametrize("claims", [
    {"iss": "https://other.example.org"}, {"aud": "another-house"}, {"aud": "another-house", "azp": CLIENT},
    {"aud": ["another-house", CLIENT]},
    {"aud": CLIENT, "azp": "another-house"}, {"nonce": "another"}, {"nonce": None}, {"exp": 1}, {"exp": None},
    {"iat": 4_000_000_000}, {"sub": None}, {"sub": ""}, {"sub": 4711}, {"sub": "x" * 300}, {"at_hash": "wrong"},
    {"aud": None}, {"iss": None}, {"nbf": 4_000_000_000},
])  # fmt: skip
def test_a_token_for_another_or_for_another_time_proves_nothing(come, provider, claims) -> None:
    provider.claims = claims
    with pytest.raises(OrganisationError, match="proves nothing"):
        come()


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256", "kid": "r1"}, {"alg": "RS384", "kid": "r1"}])
def test_a_token_that_nobody_signed_proves_nothing(come, provider, header) -> None:
    provider.header = header
    with pytest.raises(OrganisationError, match="proves nothing"):
        come()


def test_a_token_signed_by_somebody_else_proves_nothing(come, provider) -> None:
    provider.told = KeySet([RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"})])
    with pytest.raises(OrganisationError, match="proves nothing"):
        come()


@pytest.mark.parametrize("doors", [
    {"issuer": "https://other.example.org"}, {"authorization_endpoint": "http://id.example.org/auth"},
    {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": None},
    {"id_token_signing_alg_values_supported": ["none", "HS256"]}, {"jwks_uri": "file:///etc/passwd"},
])  # fmt: skip
def test_an_organisation_that_tells_what_cannot_be_is_not_believed(come, provider, doors) -> None:
    provider.doors = doors
    with pytest.raises(OrganisationError, match="proves nothing"):
        come()


def test_what_was_not_begun_here_is_refused(organisation, provider, clock) -> None:
    address, leaving = organisation.leave()
    other, _ = organisation.leave()
    with pytest.raises(PeopleError, match="not begun here"):
        organisation.come_back(leaving, **provider.let_in(other))
    brought = provider.let_in(address)
    with pytest.raises(PeopleError, match="not begun here"):
        organisation.come_back(replace(leaving, state="é"), **brought)
    with pytest.raises(OrganisationError):
        organisation.come_back(leaving, **brought, issuer="https://other.example.org")
    with pytest.raises(OrganisationError):
        organisation.come_back(replace(leaving, verifier="another"), **brought)
    clock.on(minutes=11)
    with pytest.raises(PeopleError, match="too long ago"):
        organisation.come_back(leaving, **provider.let_in(address))


def test_an_organisation_that_does_not_answer_is_told(come, provider, clock) -> None:
    provider.silent = True
    for _ in range(3):
        with pytest.raises(OrganisationError, match="does not answer just now"):
            come()
    assert len(provider.asked) == 1, "it is left alone for a while"
    provider.silent = False
    clock.on(seconds=11)
    assert come().subject == "4711"


def test_a_silent_organisation_keeps_two_threads_and_no_more(clock) -> None:
    here, done = Semaphore(0), Event()

    def wire(url, **_):
        here.release()
        assert done.wait(10)
        raise ConnectionError(url)

    organisation = Organisation(ISSUER, CLIENT, SECRET, "工会", HOUSE, clock, wire)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(organisation.leave) for _ in range(2)]
        assert here.acquire(timeout=5)
        assert here.acquire(timeout=5)
        with pytest.raises(OrganisationError):
            organisation.leave()
        done.set()
        assert all(isinstance(one.exception(), OrganisationError) for one in asked)


def test_a_code_that_is_not_theirs_does_not_shut_others_out(organisation, provider) -> None:
    address, leaving = organisation.leave()
    with pytest.raises(OrganisationError, match="proves nothing"):
        organisation.come_back(leaving, **provider.let_in(address) | {"code": "made up"})
    address, leaving = organisation.leave()
    assert organisation.come_back(leaving, **provider.let_in(address)).subject == "4711"


@pytest.mark.parametrize(("claims", "mail"), [
    ({"email_verified": False}, ""), ({"email_verified": None}, ""), ({"email_verified": "true"}, ""),
    ({"email": ["ban@example.org"]}, ""), ({}, "ban@example.org"),
])  # fmt: skip
def test_an_address_counts_if_the_organisation_made_sure_of_it(come, provider, claims, mail) -> None:
    provider.claims = claims
    assert come().mail == mail


def test_an_address_that_stands_elsewhere_is_asked_for(come, provider) -> None:
    provider.mail, provider.userinfo = "", {"sub": "4711", "email": "ban@example.org", "email_verified": True}
    assert come().mail == "ban@example.org"
    assert provider.asked[-1][2] == "Bearer opaque"
    provider.userinfo["sub"] = "another"
    with pytest.raises(OrganisationError):
        come()


@pytest.mark.parametrize(("given", "told"), [
    ({"oidc_client_id": "yizhan"}, "YIZHAN_OIDC_ISSUER is missing"),
    ({"oidc_issuer": "http://id.example.org", "oidc_client_id": "yizhan"}, "not the https address of an issuer"),
    ({"oidc_issuer": "https://a:b@id.example.org", "oidc_client_id": "yizhan"}, "not the https address of an issuer"),
    ({"oidc_issuer": ISSUER}, "YIZHAN_OIDC_CLIENT_ID is missing"),
    ({"oidc_issuer": ISSUER, "oidc_client_id": "y", "address": ""}, "YIZHAN_ADDRESS has to be an https address"),
    ({"oidc_issuer": ISSUER, "oidc_client_id": "y", "address": "http://yizhan.example.org"}, "YIZHAN_ADDRESS has to"),
])  # fmt: skip
def test_settings_that_do_not_go_together_are_refused(given, told, clock) -> None:
    with pytest.raises(SettingsError, match=told):
        Organisation.from_settings(Settings(**{"address": HOUSE} | given), clock)


def test_a_house_may_have_no_organisation(clock) -> None:
    assert Organisation.from_settings(Settings(), clock) is None
    assert (
        Organisation.from_settings(Settings(address=HOUSE, oidc_issuer=ISSUER, oidc_client_id="y"), clock) is not None
    )


# Whose account it opens

HERS = Identity(ISSUER, "4711", "ban@example.org")


@pytest.fixture
def identities(people, clerk):
    people.set_mail("clerk", "Ban@example.org", by=By("root"))
    return Identities(people)


def test_an_address_binds_an_account_once_and_for_good(identities, people) -> None:
    assert identities.enter(HERS, by=DOOR).login == "clerk"
    assert people.audit.latest(limit=1)[0].what == "organisation connected"
    people.set_mail("clerk", "", by=By("root"))
    assert identities.enter(replace(HERS, mail=""), by=DOOR).login == "clerk", "by the subject from then on"
    people.set_mail("clerk", "ban@example.org", by=By("root"))
    with pytest.raises(PeopleError, match="No account here"):
        identities.enter(replace(HERS, subject="4712"), by=DOOR)  # somebody who was given that address later


@pytest.mark.parametrize("mail", ["", "other@example.org", "%@example.org", "ban@example_org"])
def test_nobody_is_given_an_account_by_signing_in_elsewhere(identities, people, mail) -> None:
    with pytest.raises(PeopleError, match="No account here"):
        identities.enter(replace(HERS, mail=mail), by=DOOR)
    assert [one.login for one in people.all()] == ["clerk"]
    assert people.audit.latest(limit=1)[0].what == "sign-in failed"


def test_an_address_of_two_accounts_opens_neither(identities, people) -> None:
    people.add("another", "另某", [], by=By("root"), mail="ban@example.org")
    with pytest.raises(PeopleError):
        identities.enter(HERS, by=DOOR)


def test_who_is_shut_out_is_shut_out_there_too(identities, people) -> None:
    identities.enter(HERS, by=DOOR)
    people.disable("clerk", by=By("root"))
    with pytest.raises(PeopleError, match="No account here"):
        identities.enter(HERS, by=DOOR)
    people.enable("clerk", by=By("root"))
    assert identities.enter(HERS, by=DOOR).login == "clerk"


def test_a_new_password_from_an_officer_lets_no_identity_in(identities, people) -> None:
    identities.enter(replace(HERS, subject="thief"), by=DOOR)
    people.reset("clerk", by=By("officer"))
    with pytest.raises(PeopleError):
        identities.enter(Identity(ISSUER, "thief", ""), by=DOOR)


def test_an_identity_opens_one_account(identities, people, clerk) -> None:
    other, _ = people.add("other", "另某", [Grant(Role.CLERK, "360681101")], by=By("root"))
    identities.bind(clerk, HERS, by=By("clerk"))
    with pytest.raises(PeopleError, match="belongs to another account"):
        identities.bind(other, HERS, by=By("other"))
    identities.bind(clerk, replace(HERS, subject="4712"), by=By("clerk"))
    identities.bind(other, HERS, by=By("other"))
    assert identities.enter(HERS, by=DOOR).login == "other"
    identities.unbind(other, ISSUER, by=By("other"))
    assert identities.of(other, ISSUER) is None
    assert identities.of(clerk, ISSUER) is not None


def test_what_came_back_counts_once(identities) -> None:
    told = []

    def spend():
        try:
            identities.spend("state")
        except PeopleError:
            told.append("used")

    several = [Thread(target=spend) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert told == ["used"] * 3


def test_who_comes_in_vain_too_often_has_to_wait(identities) -> None:
    for _ in range(NETWORK):
        with pytest.raises(PeopleError):
            identities.enter(Identity(ISSUER, "nobody", ""), by=DOOR)
    with pytest.raises(TooOftenError):
        identities.enter(HERS, by=DOOR)
    assert identities.enter(HERS, by=By("", "198.51.100.9")).login == "clerk"
