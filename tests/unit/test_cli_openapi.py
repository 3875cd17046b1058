"""`gateway openapi`: the document that the gateway serves, offline; every error is one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Run, request

SITE_INFO = "core_webservice_get_site_info"
CREATE = "core_user_create_users"


def read(run: Run, *options: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run("openapi", *options).output)
    return document


@pytest.mark.parametrize(
    ("options", "query"),
    [((), ""), (("--functions", f"{CREATE}, {SITE_INFO}"), f"functions={CREATE},{SITE_INFO}")],
)
def test_it_is_what_the_gateway_serves(
    demo: Run, tmp_path: Path, options: tuple[str, ...], query: str
) -> None:
    token = json.loads((tmp_path / "demo.json").read_text())["token"]
    served = request(tmp_path, f"/openapi.json?{query}", b"", token=token, method="GET")
    assert served.status == 200
    assert demo("openapi", "--service", "demo", *options).stdout_bytes == served.body


def test_without_a_service_it_shows_all_registered_functions(fresh: Run) -> None:
    registered = sorted(row["name"] for row in json.loads(fresh("functions", "--json").output))
    assert list(read(fresh)["paths"]) == [f"/rest/{name}" for name in registered]


def test_a_service_and_an_address(demo: Run) -> None:
    demo("service", "create", "club")
    demo("service", "add", "club", SITE_INFO)
    found = read(demo, "--service", "club", "--url", "https://other.example")
    assert list(found["paths"]) == [f"/rest/{SITE_INFO}"]
    assert found["servers"] == [{"url": "https://other.example"}]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--functions", "core_nothing"), "there is no function core_nothing"),
        (("--service", "nothing"), "there is no service nothing"),
        (("--functions", ","), "there is no function to describe"),
    ],
)
def test_every_error_is_one_line(fresh: Run, options: tuple[str, ...], sentence: str) -> None:
    assert fresh("openapi", *options, ok=False).output.startswith(f"Error: {sentence}")
