"""What a client loses is the client's: each line of losses.toml, proved by the bytes."""

import re
from typing import Any

import pytest

from tests.conformance.clients.base import Caller, Client, FaultSeen, Result
from tests.conformance.compare import alike
from tests.conformance.data import LOSSES, Loss
from tests.conformance.world import World


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{loss.client}: {loss.name}")
def test_a_loss_is_the_clients_own(ordinary: World, loss: Loss) -> None:
    client, caller = ordinary.clients[loss.client], ordinary.caller(loss.caller)
    seen = _sees(client, loss, caller)
    assert alike(loss.sees, seen), seen
    if loss.raw:
        assert client.send(loss.function, loss.raw, caller) == Result(loss.value)
    else:
        assert re.search(loss.answer.encode(), client.last.body), client.last.body


def _sees(client: Client, loss: Loss, caller: Caller) -> Any:
    """What the client itself gives its user, a result, a fault or an exception."""
    try:
        seen = client.call(loss.function, loss.arguments, caller)
    except Exception as error:  # whatever the client raises is what is asked for
        return str(error)
    return client.plain(client.fault if isinstance(seen, FaultSeen) else seen.value)
