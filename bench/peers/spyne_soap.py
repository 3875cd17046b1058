"""Spyne 2.14: SOAP 1.1, soft validation, through the steps that every Spyne transport runs (ServerBase).

No WSGI environ is made and no header is written, so the figure is Spyne's own and favours Spyne a little;
`handle_wsgi` goes the whole way through its WsgiApplication.
"""

from typing import Any

from bench.peers import workloads, wsgi
from bench.peers.quiet import importing_spyne
from bench.peers.workloads import NAMESPACE

with importing_spyne():
    import spyne
    from spyne.protocol.soap import Soap11
    from spyne.server import ServerBase
    from spyne.server.wsgi import WsgiApplication

NAME = f"Spyne {spyne.__version__}"


class User(spyne.ComplexModel):  # type: ignore[misc]
    """The row, every member required."""

    __namespace__ = NAMESPACE
    _type_info = [  # noqa: RUF012  (Spyne's metaclass reads it)
        ("id", spyne.Long(min_occurs=1, nullable=False)),
        ("username", spyne.Unicode(min_occurs=1, nullable=False)),
        ("firstname", spyne.Unicode(min_occurs=1, nullable=False)),
        ("lastname", spyne.Unicode(min_occurs=1, nullable=False)),
        ("email", spyne.Unicode(min_occurs=1, nullable=False)),
        ("suspended", spyne.Boolean(min_occurs=1, nullable=False)),
    ]


class Workloads(spyne.Service):  # type: ignore[misc]
    """The workloads as Spyne wants them: instances of its own classes in and out."""

    @spyne.rpc(spyne.Long, spyne.Unicode, _returns=spyne.Unicode)  # type: ignore[untyped-decorator]
    def echo(_ctx: Any, number: int, text: str) -> str:  # noqa: N805  (Spyne's methods have no self)
        return workloads.echo(number, text)

    @spyne.rpc(spyne.Array(spyne.Unicode), _returns=spyne.Array(User))  # type: ignore[untyped-decorator]
    def names(_ctx: Any, names: list[str]) -> list[User]:  # noqa: N805
        return [User(**row) for row in workloads.names(names)]

    @spyne.rpc(spyne.Array(User), _returns=spyne.Long)  # type: ignore[untyped-decorator]
    def store(_ctx: Any, users: list[User]) -> int:  # noqa: N805
        return sum(row.id for row in users if not row.suspended)


KEPT = [User(**row) for row in workloads.USERS]


class Kept(spyne.Service):  # type: ignore[misc]
    """50 structs out that the service holds already: making Spyne's objects costs as much as writing ours."""

    @spyne.rpc(_returns=spyne.Array(User))  # type: ignore[untyped-decorator]
    def kept(_ctx: Any) -> list[User]:  # noqa: N805
        return KEPT


def application(
    service: type | list[type], name: str, protocol: Any = Soap11, validator: str = "soft"
) -> Any:
    """A Spyne application of one service, one SOAP version; Spyne wants a name of its own for each."""
    return spyne.Application(
        service if isinstance(service, list) else [service],
        tns=NAMESPACE,
        name=name,
        in_protocol=protocol(validator=validator),
        out_protocol=protocol(),
    )


SERVER = ServerBase(application([Workloads, Kept], "Bench"))
WSGI = WsgiApplication(application(Workloads, "BenchWsgi"))


def handle(body: bytes) -> bytes:
    """Answer one SOAP request; a fault is an answer too."""
    context = spyne.MethodContext(SERVER, spyne.MethodContext.SERVER)
    context.in_string = [body]
    context = SERVER.generate_contexts(context)[0]
    if not context.in_error:
        SERVER.get_in_object(context)
    if not context.in_error:
        SERVER.get_out_object(context)
    SERVER.get_out_string(context)
    answer = b"".join(context.out_string)
    context.close()
    return answer


def handle_wsgi(body: bytes) -> bytes:
    """Answer one SOAP request through the WsgiApplication."""
    return post(WSGI, body)[1]


def post(app: Any, body: bytes, content_type: str = "text/xml; charset=utf-8") -> tuple[str, bytes]:
    """POST to a WsgiApplication in process: the status line and the answer."""
    return wsgi.post(app, body, content_type)


def wsdl(app: Any) -> bytes:
    """The WSDL that a WsgiApplication serves."""
    return wsgi.run(app, wsgi.environ("GET", QUERY_STRING="wsdl"))[1]
