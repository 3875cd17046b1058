"""Installations for the tests of the command: empty, and with the demo site."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.support.command import Run, invoke


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command in a folder of its own."""
    return partial(invoke, tmp_path)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty site, to be copied."""
    folder = tmp_path_factory.mktemp("installed")
    invoke(folder, "init")
    return folder


@pytest.fixture
def fresh(installed: Path, tmp_path: Path) -> Run:
    """Runs the command in a folder of its own with an empty site."""
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    return partial(invoke, tmp_path)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo site, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    invoke(folder, "init")
    invoke(folder, "demo")
    return folder


@pytest.fixture
def demo(prepared: Path, tmp_path: Path) -> Run:
    """Runs the command in a folder of its own with the demo site loaded."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return partial(invoke, tmp_path)
