"""`gateway wsdl`: the document that the gateway serves, offline; every error is one line."""

import json
from pathlib import Path

import pytest
from lxml import etree

from gateway import plugins
from tests.support.command import Run, request

NAMESPACES = {"w": "http://schemas.xmlsoap.org/wsdl/"}
SITE_INFO = "core_webservice_get_site_info"
CREATE = "core_user_create_users"


def operations(document: str) -> list[str]:
    """The names of the portType's operations."""
    return etree.fromstring(document.encode()).xpath("w:portType/w:operation/@name", namespaces=NAMESPACES)


def address(document: str) -> str:
    """Where the document says that the gateway answers."""
    return etree.fromstring(document.encode()).xpath("string(//*[local-name()='address']/@location)")


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ((), ""),
        (("--soap", "12"), "&soap=12"),
        (("--functions", f"{CREATE}, {SITE_INFO}"), f"&functions={CREATE},{SITE_INFO}"),
    ],
)
def test_it_is_what_the_gateway_serves(
    demo: Run, tmp_path: Path, options: tuple[str, ...], query: str
) -> None:
    token = json.loads((tmp_path / "demo.json").read_text())["token"]
    served = request(tmp_path, f"/soap?wsdl{query}", b"", token=token, method="GET")
    assert served.status == 200
    assert demo("wsdl", "--service", "demo", *options).stdout_bytes == served.body


def test_without_a_service_it_shows_all_registered_functions(fresh: Run) -> None:
    registered = sorted(row["name"] for row in json.loads(fresh("functions", "--json").output))
    assert operations(fresh("wsdl").output) == registered


def test_a_service_shows_its_functions_only(demo: Run) -> None:
    demo("service", "create", "club")
    demo("service", "add", "club", SITE_INFO)
    assert operations(demo("wsdl", "--service", "club").output) == [SITE_INFO]


def test_the_address_is_the_option_else_the_setting_else_that_of_serve(fresh: Run) -> None:
    assert address(fresh("wsdl").output) == "http://127.0.0.1:8080/soap"
    fresh("config", "set", "public_url", "https://ws.example.org/api")
    assert address(fresh("wsdl").output) == "https://ws.example.org/api/soap"
    assert address(fresh("wsdl", "--url", "http://other.example").output) == "http://other.example/soap"


def test_its_names_are_settings(fresh: Run) -> None:
    fresh("config", "set", "namespace", "urn:example:api")
    fresh("config", "set", "wsdl_name", "Example")
    root = etree.fromstring(fresh("wsdl").stdout_bytes)
    assert (root.get("name"), root.get("targetNamespace")) == ("Example", "urn:example:api")
    assert root.xpath("string(w:service/@name)", namespaces=NAMESPACES) == "ExampleService"


def test_a_function_that_is_not_there_is_named_with_its_neighbours(demo: Run) -> None:
    output = demo("wsdl", "--functions", f"{SITE_INFO},core_user_create_user", ok=False).output
    assert output.splitlines()[
        0
    ] == f"Error: there is no function core_user_create_user; did you mean {CREATE}?" or output.startswith(
        "Error: there is no function core_user_create_user; did you mean"
    )
    demo("service", "create", "club")
    demo("service", "add", "club", SITE_INFO)
    output = demo("wsdl", "--service", "club", "--functions", CREATE, ok=False).output
    assert output == f"Error: there is no function {CREATE}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--service", "dmeo"), "there is no service dmeo; did you mean demo?"),
        (("--functions", " , "), "there is no function to describe"),
        (("--service", "empty"), "there is no function to describe"),
    ],
)
def test_every_error_is_one_line(demo: Run, arguments: tuple[str, ...], sentence: str) -> None:
    demo("service", "create", "empty")
    assert demo("wsdl", *arguments, ok=False).output == f"Error: {sentence}\n"


def test_another_version_of_soap_is_wrong_usage(fresh: Run) -> None:
    result = fresh("wsdl", "--soap", "13", ok=False)
    assert result.exit_code == 2
    assert "'11', '12'" in result.output


def test_an_installation_without_soap_says_so(fresh: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = [each for each in plugins.find_protocols() if each.name != "soap"]
    monkeypatch.setattr(plugins, "find_protocols", lambda: rest)
    assert fresh("wsdl", ok=False).output == "Error: no installed protocol writes the document wsdl\n"


def test_a_function_that_takes_a_name_of_the_wsdl_is_refused_as_serve_would(fresh: Run) -> None:
    fresh("config", "set", "wsdl_name", "core_user_create_users")
    assert "SOAP needs that name" in fresh("wsdl", ok=False).output


def test_help_says_what_it_prints(fresh: Run) -> None:
    text = fresh("wsdl", "--help").output
    assert all(each in text for each in ("/soap?wsdl", "--service", "--functions", "--soap", "--url"))
