"""Calls every case with Py3AMF's RemotingService; the argument says in which encoding, 0 or 3."""

import os
import sys
from datetime import datetime
from typing import Any

import pyamf
from cases import Forms, Struct, base64_text, cases, run, same
from pyamf import amf3, remoting
from pyamf.remoting.client import RemotingService

ENCODING = int(sys.argv[1])


# [docs:loader]
def refuse(alias: str) -> None:
    """Py3AMF would import the module that an answer names, and make an object of its class."""
    raise pyamf.UnknownClassAlias(alias)


pyamf.register_class_loader(refuse)
# [docs:end]


# [docs:connect]
def connect(token: str) -> RemotingService:
    """A client that sends a token with every call."""
    client = RemotingService(os.environ["GATEWAY_URL"] + "/amf", amf_version=ENCODING)
    client.addHeader("wstoken", token)
    return client


def log_in(username: str, password: str) -> RemotingService:
    """A client that sends a user name and a password with every call."""
    client = RemotingService(os.environ["GATEWAY_URL"] + "/amf", amf_version=ENCODING)
    client.setCredentials(username, password)
    return client


# [docs:end]


# [docs:call]
def call(client: RemotingService, function: str, *arguments: Any) -> Any:
    """The result; raises an exception that holds the fault."""
    response = client.execute_single(client.addRequest(function, *arguments))
    if response.status == remoting.STATUS_ERROR:
        raise CallError(response.body)
    return response.body


class CallError(Exception):
    """A fault: Py3AMF keeps `type`, `code`, `description` and `details` of it."""

    def __init__(self, fault: remoting.BaseFault) -> None:
        super().__init__(fault.description)
        self.fault = fault


# [docs:end]


def octets(value: bytes) -> Any:
    """AMF0 has no bytes: they travel as base64."""
    return amf3.ByteArray(value) if ENCODING == pyamf.AMF3 else base64_text(value)


def plain(value: Any) -> Any:
    """What came, as JSON."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, amf3.ByteArray):
        return base64_text(value.getvalue())
    if isinstance(value, float) and abs(value) >= 2**28 and value.is_integer():
        return int(value)  # AMF3 has integers of 29 bits; larger ones come as doubles
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value


CLIENT = connect(os.environ["GATEWAY_TOKEN"])
OTHERS = {
    "fault-token": connect(os.environ["GATEWAY_BAD_TOKEN"]),
    "password": log_in(os.environ["GATEWAY_USER"], os.environ["GATEWAY_PASSWORD"]),
}


def outcome(case: str, function: str, arguments: Struct) -> Struct:
    """The value or the fault that comes."""
    try:
        return {"value": plain(call(OTHERS.get(case, CLIENT), function, *arguments.values()))}
    except CallError as error:
        return {"fault": read_fault(error.fault)}


def read_fault(fault: remoting.BaseFault) -> Struct:
    """What Py3AMF keeps of it."""
    return {
        "exception": fault.type,
        "errorcode": fault.code,
        "message": fault.description,
        "cause": fault.details,
    }


run(cases(Forms(long=str, instant=same, octets=octets)), outcome)
