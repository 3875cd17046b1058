"""Questions to Spyne about its WSDL, its faults and what it does with bad text: each one is tried, none assumed."""

from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from bench.peers.facts import Fact, said
from bench.peers.payloads import SOAP_ENVELOPE
from bench.peers.quiet import importing_spyne, without_log
from bench.peers.spyne_soap import application, post, wsdl
from bench.peers.workloads import NAMESPACE

with importing_spyne():
    import spyne
    from spyne.protocol.soap import Soap11, Soap12
    from spyne.server.wsgi import WsgiApplication
    from spyne.util import six

SOAP12_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
PREFIXES = {
    "soap": SOAP_ENVELOPE,
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "tns": NAMESPACE,
}
FAULT_CHILDREN = {"faultcode", "faultstring", "faultactor", "detail"}
RequiredText = spyne.Unicode(min_occurs=1, nullable=False)


class ApiFault(spyne.Fault):  # type: ignore[misc]
    """A fault with a member of its own, declared on the operations below."""

    __namespace__ = NAMESPACE
    errorcode = spyne.Unicode

    def __init__(self, errorcode: str | None, detail: Any = None) -> None:
        super().__init__("Client.Refused", "refused", detail=detail)
        self.errorcode = errorcode


# What `probe` does for each text it is called with.
FAULTS = {
    "member": ApiFault("denied"),
    "two": ApiFault(None, {"errorcode": "denied", "cause": "a reason"}),
    "clark": ApiFault(None, {f"{{{NAMESPACE}}}ApiFault": {f"{{{NAMESPACE}}}errorcode": "denied"}}),
}


def probe(text: str | None) -> str:
    """Raise the fault of that name, return a control character, or say what arrived."""
    if text in FAULTS:
        raise FAULTS[text]
    return "a\x01b" if text == "control" else f"got {text}"


class Plain(spyne.Service):  # type: ignore[misc]
    """Declared as Spyne's documentation shows it."""

    @spyne.rpc(spyne.Unicode, _returns=spyne.Unicode, _throws=ApiFault)  # type: ignore[untyped-decorator]
    def probe(_ctx: Any, text: str | None) -> str:  # noqa: N805
        return probe(text)


class Careful(spyne.Service):  # type: ignore[misc]
    """The same with every option of Spyne that mends its WSDL."""

    @spyne.rpc(RequiredText, _returns=RequiredText, _throws=ApiFault, _wsdl_part_name="parameters")  # type: ignore[untyped-decorator]
    def probe(_ctx: Any, text: str | None) -> str:  # noqa: N805
        return probe(text)


@cache
def served(service: type, protocol: Any = Soap11, validator: str = "soft") -> WsgiApplication:
    """A WsgiApplication of one service."""
    name = f"{service.__name__}_{protocol.__name__}_{validator}"
    return WsgiApplication(application(service, name, protocol, validator))


class Answer(NamedTuple):
    """An HTTP status line and what came with it; `escaped` names an exception that left Spyne instead."""

    status: str = ""
    body: bytes = b""
    escaped: str = ""

    @property
    def refused(self) -> bool:
        """Whether the caller was told that his request is wrong."""
        return b":Fault>" in self.body and b"Client" in self.body

    @property
    def text(self) -> str:
        """The result, in quotation marks, or what there was instead."""
        if self.escaped:
            return f"{self.escaped} escapes"
        results = etree.fromstring(self.body).xpath("//*[local-name()='probeResult']/text()")
        return f'HTTP {self.status[:3]}, "{results[0]}"' if results else f"HTTP {self.status[:3]}, a fault"


def ask(app: WsgiApplication, inner: str, envelope: str = SOAP_ENVELOPE, prolog: str = "") -> Answer:
    """Send one request whose parameters are the given XML."""
    request = (
        f'{prolog}<e:Envelope xmlns:e="{envelope}"><e:Body><probe xmlns="{NAMESPACE}">{inner}</probe></e:Body>'
        "</e:Envelope>"
    )
    try:
        with without_log("spyne"):
            status, body = post(app, request.encode())
    except Exception as error:  # an escaping exception of any kind is the finding
        return Answer(escaped=type(error).__name__)
    return Answer(status, body)


def facts() -> list[Fact]:
    """All questions, answered by this installation."""
    return [
        _part_names(),
        _nillable(),
        _fault_detail(),
        _fault_children(),
        _soap12_binding(),
        _soap12_detail(),
        _control_character(),
        _unknown_child(),
        _entity(),
        _finder(),
    ]


def _find(service: type, path: str, protocol: Any = Soap11) -> list[Any]:
    found = etree.fromstring(wsdl(served(service, protocol))).xpath(path, namespaces=PREFIXES)
    assert isinstance(found, list)
    return found


def _part_names() -> Fact:
    def parts(service: type) -> list[str]:
        return _find(service, "//wsdl:message[starts-with(@name, 'probe')]/wsdl:part/@name")

    plain, careful = parts(Plain), parts(Careful)
    return Fact(
        "Is every message part called `parameters`?",
        set(plain) == {"parameters"},
        " and ".join(f"`{name}`" for name in plain),
        f"with `_wsdl_part_name` on every function: {said(set(careful) == {'parameters'})}",
    )


def _nillable() -> Fact:
    members = "//xs:complexType[starts-with(@name, '{}')]/xs:sequence/xs:element"

    def both(service: type, prefix: str) -> int:
        return len(_find(service, members.format(prefix) + "[@minOccurs='0' and @nillable='true']"))

    everything = len(_find(Plain, members.format("")))
    return Fact(
        "Are parameters, results and members minOccurs=0 and nillable at once?",
        both(Plain, "") > 0,
        f"{both(Plain, '')} of {everything}",
        f"with `min_occurs=1, nullable=False` on every type: {said(both(Careful, 'probe') > 0)}",
    )


def _fault(text: str) -> etree._Element:
    answer = ask(served(Plain), f"<text>{text}</text>")
    return etree.fromstring(answer.body)[0][0]


def _declared(fault: etree._Element) -> bool:
    return bool(fault.xpath("detail/tns:ApiFault/tns:errorcode", namespaces=PREFIXES))


def _fault_detail() -> Fact:
    (declared,) = _find(Plain, "//wsdl:portType/wsdl:operation/wsdl:fault/@name")
    has_detail = _fault("member").find("detail") is not None
    return Fact(
        "Does a raised fault that the WSDL declares arrive as its detail element?",
        _declared(_fault("member")),
        f"`{declared}` is declared; a detail is {'there' if has_detail else 'missing'}",
        f"with a detail dict in Clark names: {said(_declared(_fault('clark')))}",
    )


def _fault_children() -> Fact:
    def strangers(text: str) -> list[str]:
        return [
            name for child in _fault(text) if (name := etree.QName(child).localname) not in FAULT_CHILDREN
        ]

    return Fact(
        "Does soap:Fault hold only the children that SOAP allows?",
        not strangers("member"),
        f"also `{'`, `'.join(strangers('member'))}`",
        f"with the same detail dict: {said(not strangers('clark'))}",
    )


def _soap12_binding() -> Fact:
    bound = bool(_find(Plain, "//wsdl:binding/soap12:binding", Soap12))
    return Fact(
        "Does the WSDL of a Soap12 application bind SOAP 1.2?",
        bound,
        "one version an application",
        "not needed" if bound else "none found",
    )


def _soap12_detail() -> Fact:
    def answer(text: str) -> Answer:
        return ask(served(Plain, Soap12), f"<text>{text}</text>", SOAP12_ENVELOPE)

    return Fact(
        "Does a fault whose detail is a dict of two members work in SOAP 1.2?",
        not answer("two").escaped,
        answer("two").text,
        f"with one root in the dict: {said(not answer('clark').escaped)}",
    )


def _control_character() -> Fact:
    answer = ask(served(Plain), "<text>control</text>")
    body = etree.fromstring(answer.body).find("soap:Body", PREFIXES)
    return Fact(
        "Does the caller get an answer he can read when a result holds U+0001?",
        body is not None,
        f"HTTP {answer.status}, an Envelope {'without' if body is None else 'with'} Body",
    )


def _unknown_child() -> Fact:
    inner = "<txet>lost</txet>"
    answer = ask(served(Plain), inner)
    strict = ask(served(Plain, validator="lxml"), inner)
    return Fact(
        "Is a misspelt parameter refused?",
        answer.refused,
        answer.text,
        f'with `validator="lxml"`: {said(strict.refused)}',
    )


def _entity() -> Fact:
    prolog = '<!DOCTYPE probe [<!ENTITY word "middle">]>'
    inner = "<text>start &word; end</text>"
    answer = ask(served(Plain), inner, prolog=prolog)
    strict = ask(served(Plain, validator="lxml"), inner, prolog=prolog)
    return Fact(
        "Is a DOCTYPE refused (sent: `start &word; end`)?",
        answer.refused,
        answer.text,
        f'with `validator="lxml"`: {said(strict.refused)}, {strict.text}',
    )


def _finder() -> Fact:
    finder = six._importer
    return Fact(
        "Can Python 3.12 use the import hook Spyne installs (does it have find_spec)?",
        hasattr(finder, "find_spec"),
        f"`{type(finder).__name__}` of the vendored six {six.__version__}",
    )
