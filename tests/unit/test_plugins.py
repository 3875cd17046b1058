"""Protocols and components are found by entry point or in `local/`; what is broken is named in one sentence."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from gateway import plugins
from gateway.plugins import PluginError, find_components, find_protocols
from gateway.protocol import Protocol, modern, names_of

PLUGIN = """
from gateway import READ, Component, function
from .texts import GREETING


@function("local_hello_greet", effect=READ)
def greet(name: str) -> str:
    \"\"\"A greeting.\"\"\"
    return f"{GREETING}, {name}"


component = Component("local_hello", functions=[greet])
"""


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `local/`, with nothing of another test's imported."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "gateway_local"]:
        monkeypatch.delitem(sys.modules, name)
    folder = tmp_path / "local"
    folder.mkdir()
    yield folder
    for name in [each for each in sys.modules if each.partition(".")[0] == "gateway_local"]:
        del sys.modules[name]


def write(folder: Path, name: str, source: str) -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(source)


def entry(value: str, group: str = plugins.COMPONENTS) -> metadata.EntryPoint:
    return metadata.EntryPoint("broken", value, group)


def test_the_shipped_protocols_and_components_are_found_by_entry_point() -> None:
    found = find_protocols()
    assert names_of(found) == ["amf", "rest", "soap", "xmlrpc"]
    assert modern(found).keys() == set(names_of(found))
    assert all(isinstance(each, Protocol) for each in found)
    assert [each.name for each in find_components(None)] == ["core_course", "core_user", "core_webservice"]


def test_a_plugin_in_local_is_loaded_under_its_own_package(local: Path) -> None:
    write(local, "hello", PLUGIN)
    (local / "hello" / "texts.py").write_text('GREETING = "Hello"')
    (local / "notes.txt").write_text("no plugin")
    (local / "empty").mkdir()
    path = list(sys.path)
    component = find_components(local)[-1]
    assert component.name == "local_hello"
    assert component.functions[0]("Jane") == "Hello, Jane"
    assert component.functions[0].python.__module__ == "gateway_local.hello"
    assert sys.path == path
    assert "hello" not in sys.modules


def test_no_folder_is_no_plugin(local: Path) -> None:
    shipped = find_components(None)
    assert find_components(local) == shipped
    assert find_components(local / "none") == shipped


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("1 / 0", "cannot be loaded: division by zero"),
        ("import nothing_of_this_name", "cannot be loaded: No module named 'nothing_of_this_name'"),
        ("def f(:", "cannot be loaded: invalid syntax"),
        ("component = 5", "has no `component = Component(...)` in its __init__.py"),
        ("", "has no `component = Component(...)` in its __init__.py"),
        (
            "from gateway import *\nfrom gateway import Component, READ, function\n"
            "component = Component('x', functions=[function('x_f', effect=READ)(lambda a: None)])",
            "cannot be loaded: function x_f, parameter a: has no annotation: say which type it is",
        ),
    ],
)
def test_a_broken_plugin_is_one_sentence(local: Path, source: str, sentence: str) -> None:
    write(local, "broken", source)
    with pytest.raises(PluginError) as raised:
        find_components(local)
    message = str(raised.value)
    assert message.startswith(f"the plugin {local / 'broken'} ")
    assert sentence in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("nothing_of_this_name:component", "cannot be loaded: No module named 'nothing_of_this_name'"),
        ("json:component", "cannot be loaded: module 'json' has no attribute 'component'"),
        ("json:dumps", "is no Component"),
    ],
)
def test_a_broken_entry_point_is_one_sentence(
    value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [entry(value)])
    with pytest.raises(PluginError) as raised:
        find_components(None)
    assert str(raised.value) == f"manifold.components: broken ({value}) {sentence}"


def test_a_protocol_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [entry("json:dumps", plugins.PROTOCOLS)])
    with pytest.raises(PluginError, match=r"manifold.protocols: broken \(json:dumps\) is no Protocol"):
        find_protocols()


@pytest.mark.parametrize("name", ["functions", "protocols"])
def test_somebody_elses_package_is_refused(tmp_path: Path, name: str) -> None:
    """Python looks into the folder it is started in first: the names are common there."""
    write(tmp_path, name, "")
    code = (
        "import sys\nfrom gateway.plugins import PluginError, check_packages\n"
        "try:\n    check_packages()\nexcept PluginError as error:\n    sys.exit(str(error))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stderr == (
        f"the package {name} found at {tmp_path / name / '__init__.py'} is not that of manifold-gateway: "
        f"start the gateway in another folder, or uninstall the other package\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path.parent, check=False).returncode == 0
