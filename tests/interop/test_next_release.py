"""Programs built for this release, run against the next, where a Struct has one member more at its end."""

from collections.abc import Iterator

import pytest

from tests.interop.cases import cases_of
from tests.interop.clients import Client
from tests.interop.gateway import Gateway, serve
from tests.interop.lab import PRESENT, Lab
from tests.interop.runner import fetch_wsdl, judge, run


@pytest.fixture(scope="module")
def next_release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serve(tmp_path_factory.mktemp("next"), release="next") as gateway:
        assert fetch_wsdl(gateway, "11").count(b'name="nickname"') == 1
        yield gateway


@pytest.mark.parametrize("client", [each for each in PRESENT if each.old_stubs], ids=lambda each: each.name)
def test_old_stubs_see_no_difference(lab: Lab, next_release: Gateway, client: Client) -> None:
    lines = run(client, lab.built(client), next_release)
    cells = {case.name: judge(client, case, lines.get(case.name)) for case in cases_of(client.protocol)}
    assert {name: cell for name, cell in cells.items() if cell.verdict == "FAIL"} == {}
