"""What Flex clients got past elsewhere and must not get past here: past holes of AMF gateways, replayed."""

import pytest

from gateway.credentials import make_client_id
from gateway.protocol import Credentials
from gateway.store import LoginSession, Token, User
from tests.access.causes import PASSWORD, UNKNOWN_TOKEN, make_subject, open_widely
from tests.access.faces import BY_NAME, deliver
from tests.support.flex import FlexClient, FlexFault
from tests.support.site import SITE_KEY, Site
from tests.support.wire import AMF, JSON, Seen

FLEX, PLAIN = BY_NAME["flex"], BY_NAME["amf"]


def client_of(site: Site, token: str = "") -> FlexClient:
    """A Flex client; with a token, one that shows it in the HTTP header."""
    return FlexClient(lambda body: site.post("/amf", body, AMF, token=token).body)


def seen(site: Site, credentials: Credentials, function: str = "test_write") -> list[Seen]:
    """The faults of the same call in a Flex message and in a plain packet."""
    return [
        face.fault(deliver(site.gateway, face.sent(function, credentials)).body) for face in (FLEX, PLAIN)
    ]


def test_py3amf_flex_calls_pass_the_authenticator(site: Site) -> None:
    """Py3AMF 0.9.1: with an authenticator set a plain call is refused, a RemotingMessage is run without a question."""
    site.add_service("empty", ())
    for credentials in (
        Credentials(),
        Credentials(UNKNOWN_TOKEN),
        Credentials(site.add_token(service="empty")),
        Credentials(username="caller", password=PASSWORD),
    ):
        flex, plain = seen(site, credentials)
        assert (flex.exception, flex.errorcode, flex.cause) == (plain.exception, plain.errorcode, plain.cause)
        assert flex.errorcode in ("invalidtoken", "accessexception")
    with pytest.raises(FlexFault, match="Client"):
        client_of(site).call("test_write", "flex.writer")
    assert site.count(User) == 1


@pytest.mark.parametrize(
    "function", ["test_outside", "test_nowhere", "", "__import__", "os.system", "_private"]
)
def test_a_flex_message_reaches_nothing_but_functions_of_the_service(site: Site, function: str) -> None:
    client = client_of(site, site.token)
    for source in (None, "os", "gateway.administration", "__builtin__"):
        with pytest.raises(FlexFault, match=r"Client\.Authorization|Server\.ResourceUnavailable"):
            client.call(function, source=source)


def test_what_a_client_shows_as_its_id_is_no_token(site: Site) -> None:
    """The header DSId opens a login only: a service's token in it is nobody's, and nobody is told whether it exists."""
    faults = []
    for shown in (site.token, UNKNOWN_TOKEN, make_client_id(SITE_KEY), "' OR 1=1 --", "x" * 60_000):
        client = client_of(site)
        client.client = shown
        with pytest.raises(FlexFault, match=r"Client\.Authentication") as fault:
            client.call("test_void")
        faults.append(fault.value.message.extendedData["cause"])
    assert set(faults) == {"No token came with the call"}


def test_session_fixation_an_attackers_id_is_no_login(site: Site) -> None:
    """Whoever plants an id that he made up holds nothing after the victim's login."""
    open_widely(site)
    jane = make_subject(site, "jane", "password")
    victim, attacker = client_of(site), client_of(site)
    victim.client = attacker.client = "0123456789abcdef0123456789abcdef0123456789abcdef"
    victim.log_in(jane.name, PASSWORD)
    with pytest.raises(FlexFault, match=r"Client\.Authentication"):
        attacker.call("test_void")


def test_zend_and_blazeds_a_session_of_one_user_takes_no_credential_of_another(site: Site) -> None:
    open_widely(site)
    jane = make_subject(site, "jane", "password")
    login = client_of(site)
    login.log_in(jane.name, PASSWORD)
    both = client_of(site, site.token)
    both.client = login.client
    with pytest.raises(FlexFault, match=r"Client\.Message.Encoding"):
        both.call("test_void")


def test_a_login_that_was_stolen_from_the_database_opens_nothing(site: Site) -> None:
    """Only digests are kept: neither they nor the first characters are secrets."""
    open_widely(site)
    jane = make_subject(site, "jane", "password")
    login = client_of(site)
    login.log_in(jane.name, PASSWORD)
    with site.write() as db:
        token = db.query(Token).filter_by(kind="session").one()
        stolen = [token.digest.hex(), token.prefix, db.query(LoginSession).one().digest.hex()]
    for shown in stolen:
        assert site.post("/rest/test_void", b"{}", JSON, token=shown).status == 401
        thief = client_of(site)
        thief.client = shown
        with pytest.raises(FlexFault, match=r"Client\.Authentication"):
            thief.call("test_void")
