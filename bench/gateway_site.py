"""Our own contender: `handle()` on a site with cached Facts and all checks, without HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from bench.peers import workloads, wsgi
from bench.peers.workloads import Workload
from gateway import READ, Component, Struct, administration, function, store
from gateway.assembly import Gateway
from gateway.plugins import find_protocols
from gateway.protocol import Answer, Call, Request
from gateway.registry import Registry
from gateway.serve import wsgi as application
from gateway.validation import Validator

CONTENT_TYPES = {
    "soap": "text/xml; charset=utf-8",
    "xmlrpc": "text/xml",
    "amf": "application/x-amf",
    "amf3": "application/x-amf",
    "rest": "application/json",
}


class User(Struct, name="User"):
    """A row of the larger workloads."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    suspended: bool


@function("echo", effect=READ)
def echo(number: int, text: str) -> str:
    """Two scalars in, one out."""
    return workloads.echo(number, text)


@function("names", effect=READ)
def names(names: list[str]) -> list[User]:
    """50 strings in, 50 structs out."""
    return [
        User(
            id=number,
            username=name,
            firstname=f"Zoë {number}",
            lastname="van der Berg",
            email=f"{name}&co@example.org",
            suspended=number % 7 == 0,
        )
        for number, name in enumerate(names, 1)
    ]


@function("store", effect=READ)
def keep(users: list[User]) -> int:
    """50 structs in, one number out."""
    return sum(user.id for user in users if not user.suspended)


@function("mirror", effect=READ)
def mirror(users: list[User]) -> list[User]:
    """50 structs in, the same 50 out: nothing but what the gateway does."""
    return users


COMPONENT = Component("bench", functions=[echo, names, keep, mirror])


@dataclass
class Contender:
    """A site that answers the workloads on every protocol."""

    gateway: Gateway
    token: str

    def caller(
        self, protocol: str, workload: Workload | Literal["mirror"], body: bytes
    ) -> Callable[[], bytes]:
        """What answers one request with a body: `handle()`, with what a server gives it."""
        handle, path = self.gateway.handle, _path(protocol, workload)
        headers = {
            "content-type": CONTENT_TYPES[protocol],
            "content-length": str(len(body)),
            "authorization": f"Bearer {self.token}",
        }
        return lambda: handle("POST", path, "", headers, body, "127.0.0.1").body

    def steps(self, protocol: str, workload: Workload, body: bytes) -> Callable[[], bytes]:
        """What answers one request by the protocol's steps alone, as Spyne's ServerBase and Py3AMF's gateway do.

        Decode, validate, call, check the result, encode: nobody is identified, and nothing is authorised or logged.
        """
        face, function = (
            self.gateway.protocols[protocol.rstrip("3")],
            self.gateway.registry.functions[workload],
        )
        codec, validator = (
            face.compile(function, self.gateway.site()),
            Validator(workload, function.signature),
        )
        headers = {"content-type": CONTENT_TYPES[protocol], "content-length": str(len(body))}
        tail = workload if protocol == "rest" else ""
        request = Request("POST", _path(protocol, workload), "", headers, body, "127.0.0.1", tail)

        def answer() -> bytes:
            message = face.parse(request)
            call = message.items[0]
            assert isinstance(call, Call)
            result = validator.result(function.python(*validator.arguments(codec.bind(call))))
            return face.reply(request, message, [Answer(call, "R", codec.encode(result, call))]).body

        return answer

    def application(self, protocol: str, workload: Workload) -> Callable[[bytes], bytes]:
        """What answers a request's body as a server would have it answered: a call of the WSGI application."""
        app, media_type = application(self.gateway), CONTENT_TYPES[protocol]
        more = {"PATH_INFO": _path(protocol, workload), "HTTP_AUTHORIZATION": f"Bearer {self.token}"}
        return lambda body: wsgi.post(app, body, media_type, **more)[1]

    def encoder(self, protocol: str, workload: Workload, position: Any = None) -> Callable[[], bytes]:
        """What writes a workload's result alone, without the way to it; `position` is the call's."""
        function = self.gateway.registry.functions[workload]
        codec = self.gateway.protocols[protocol].compile(function, self.gateway.site())
        result = function(**workloads.ARGUMENTS[workload])
        return lambda: codec.encode(result, Call(workload, position=position))


def _path(protocol: str, workload: str) -> str:
    return f"/rest/{workload}" if protocol == "rest" else f"/{protocol.rstrip('3')}"


def contender(folder: Path, component: Component = COMPONENT) -> Contender:
    """Make a site of a component in a folder: a user with the needed capabilities, a service, a token."""
    engine = store.create(f"sqlite:///{folder / 'bench.db'}")
    store.upgrade(engine, {})
    protocols = find_protocols()
    with Session(engine.execution_options(effect="write")) as db:
        administration.synchronise(db, [component], protocols)
        administration.load_demo_site(db, Registry([component]), protocols)
        administration.set_setting(db, "namespace", workloads.NAMESPACE)
        token = administration.renew_demo_secrets(db)["token"]
        db.commit()
    return Contender(Gateway(engine, [component], protocols, site_key=bytes(32)), token)
