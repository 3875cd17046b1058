"""A Flex client in process or elsewhere: Py3AMF's message classes, in the order in which Flex itself sends them."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from tests.support.wire import messaging, pyamf, remoting

Post = Callable[[bytes], bytes]
PING, LOGIN, LOGOUT, DISCONNECT = 5, 8, 9, 12


def _refuse(alias: str) -> None:
    raise pyamf.UnknownClassAlias(alias)


pyamf.register_class_loader(_refuse)


class FlexFault(Exception):
    """An ErrorMessage."""

    def __init__(self, message: Any) -> None:
        super().__init__(f"{message.faultCode}: {message.faultString}")
        self.message = message
        self.code: str = message.faultCode


class FlexClient:
    """Sends messages, one a packet; `client` is the id that the answer to its first message told, and no later one.

    `post` takes the bytes of a packet and gives those of the answer. `headers` are put on every packet.
    """

    def __init__(self, post: Post, headers: Sequence[tuple[str, Any]] = ()) -> None:
        self.post = post
        self.headers = headers
        self.client: str | None = None
        self._connected = False
        self._numbers = count(1)

    def ping(self) -> Any:
        """Connect; the AcknowledgeMessage."""
        return self.command(PING)

    def log_in(self, username: str, password: str, charset: str = "utf-8") -> Any:
        """Log in; the AcknowledgeMessage."""
        return self.command(LOGIN, b64encode(f"{username}:{password}".encode(charset)).decode())

    def log_out(self) -> Any:
        """Log out; the AcknowledgeMessage."""
        return self.command(LOGOUT)

    def command(self, operation: Any, body: Any = None) -> Any:
        """Send a CommandMessage; the answer. Raises FlexFault."""
        return self.send(messaging.CommandMessage(operation=operation, body=body))

    def call(
        self, operation: str, *arguments: Any, source: str | None = None, destination: str = "api"
    ) -> Any:
        """Send a RemotingMessage; the result. Raises FlexFault."""
        message = messaging.RemotingMessage(
            operation=operation, source=source, destination=destination, body=list(arguments)
        )
        return self.send(message).body

    def send(self, message: Any) -> Any:
        """Send a message; the answer, which is checked to be one to it. Raises FlexFault."""
        (answer,) = self.send_all(message)
        if isinstance(answer, messaging.ErrorMessage):
            raise FlexFault(answer)
        return answer

    def send_all(self, *messages: Any) -> list[Any]:
        """Send several messages in one packet, as a player does with those of one frame; the answers."""
        packet = remoting.Envelope(pyamf.AMF3)
        for name, value in self.headers:
            packet.headers[name] = value
        for number, message in enumerate(messages, 1):
            message.messageId = f"M{next(self._numbers)}"
            message.headers = {"DSId": self.client or "nil"}
            packet[f"/{number}"] = remoting.Request("null", [message], packet)
        answers = remoting.decode(self.post(remoting.encode(packet).getvalue()))
        return [self._read(answers[f"/{number}"], each) for number, each in enumerate(messages, 1)]

    def _read(self, response: Any, message: Any) -> Any:
        answer = response.body
        failed = isinstance(answer, messaging.ErrorMessage)
        assert failed or isinstance(answer, messaging.AcknowledgeMessage), answer
        assert failed == (response.status == remoting.STATUS_ERROR)
        assert answer.correlationId == message.messageId
        assert answer.messageId
        assert answer.clientId
        if not self._connected and self.client is None:
            self.client = answer.headers.get("DSId")
        self._connected = True
        return answer
