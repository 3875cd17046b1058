"""Every client that is there calls every case, and gets what docs/reference/types.md says."""

import pytest

from tests.interop.cases import CASES, Case, cases_of
from tests.interop.clients import Client
from tests.interop.component import SHIPPED
from tests.interop.lab import MISSING, PRESENT, REQUIRE_ALL, Lab
from tests.interop.runner import Cell, ClientError, judge

CELLS = [
    pytest.param(client, case, id=f"{client.name}-{case.name}")
    for client in PRESENT
    for case in cases_of(client.protocol)
]


@pytest.mark.parametrize("client", PRESENT, ids=lambda each: each.name)
def test_client_runs(lab: Lab, client: Client) -> None:
    """Its stubs are generated, its program is built and ends well."""
    said = ""
    try:
        lab.printed(client)
    except ClientError as error:
        said = str(error)
    if said:
        pytest.fail(said, pytrace=False)


@pytest.mark.parametrize(("client", "case"), CELLS)
def test_case(lab: Lab, cells: dict[tuple[str, str], Cell], client: Client, case: Case) -> None:
    try:
        cell = judge(client, case, lab.printed(client).get(case.name))
    except ClientError:
        cell = Cell("FAIL", "the client did not run")
    cells[client.name, case.name] = cell
    if cell.verdict == "FAIL":
        pytest.fail(cell.why, pytrace=False)


def test_clients_are_there() -> None:
    """All of them where INTEROP_REQUIRE=all, at least one elsewhere."""
    assert PRESENT
    if REQUIRE_ALL:
        assert not MISSING, "make interop-deps installs what is missing"


def test_every_shipped_function_is_called() -> None:
    called = {case.function for case in CASES}
    assert {each.name for brought in SHIPPED for each in brought.functions} <= called
