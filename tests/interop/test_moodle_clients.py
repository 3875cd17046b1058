"""Clients written for Moodle, unmodified, against a served gateway: each step gives what Moodle's users expect."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.interop import moodle
from tests.interop.clients import Client
from tests.interop.lab import REQUIRE_ALL
from tests.interop.moodle import MISSING, PRESENT, STEPS, Gateway

Printed = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with moodle.serve(tmp_path_factory.mktemp("moodle")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def printed(gateway: Gateway) -> dict[str, Printed]:
    """What each client printed so far."""
    return {}


@pytest.mark.parametrize("client", PRESENT, ids=lambda each: each.name)
@pytest.mark.parametrize("step", STEPS)
def test_step(gateway: Gateway, printed: dict[str, Printed], client: Client, step: str) -> None:
    if client.name not in printed:
        printed[client.name] = moodle.run(client, gateway)
    assert step in printed[client.name], f"{client.name} did not get so far"
    moodle.assert_step(client, STEPS[step], printed[client.name][step])


def test_clients_for_moodle_are_there() -> None:
    """All of them where INTEROP_REQUIRE=all, at least one elsewhere."""
    assert PRESENT
    if REQUIRE_ALL:
        assert not MISSING, "make interop-deps installs what is missing"
