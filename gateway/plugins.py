"""Finding protocols and components: by entry point, or in the folder `local/`."""

import importlib
import importlib.util
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from gateway.accounts import Backend
from gateway.protocol import Protocol
from gateway.registry import Component

DISTRIBUTION = "manifold-gateway"
PROTOCOLS = "manifold.protocols"
COMPONENTS = "manifold.components"
ACCOUNTS = "manifold.accounts"
_PACKAGE = "gateway_local"
T = TypeVar("T")


class PluginError(RuntimeError):
    """A plugin that cannot be loaded; the text says which and why, in one sentence."""


def find_protocols() -> list[Protocol]:
    """All installed protocols, sorted by name. Raises PluginError."""
    return [_load(entry, Protocol) for entry in _entry_points(PROTOCOLS)]  # type: ignore[type-abstract]


def find_backends() -> dict[str, Backend]:
    """All installed authentication backends, by name. Raises PluginError."""
    return {entry.name: _load(entry, Backend) for entry in _entry_points(ACCOUNTS)}  # type: ignore[type-abstract]


def find_components(local: Path | None) -> list[Component]:
    """All installed components, sorted by name, then those in the folder `local`. Raises PluginError."""
    return [*(_load(entry, Component) for entry in _entry_points(COMPONENTS)), *_find_local(local)]


def check_packages() -> None:
    """Refuse to start when `functions` or `protocols` are somebody else's: the names are common.

    Raises PluginError, naming where the other package lies.
    """
    here = Path(__file__).resolve().parent.parent
    for name in ("functions", "protocols"):
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parent.parent != here:
            raise PluginError(
                f"the package {name} found at {origin or 'no place'} is not that of {DISTRIBUTION}: "
                f"start the gateway in another folder, or uninstall the other package"
            )


def version() -> str:
    """The version of the installed distribution."""
    return metadata.version(DISTRIBUTION)


def _entry_points(group: str) -> list[metadata.EntryPoint]:
    return sorted(metadata.entry_points(group=group), key=lambda entry: entry.name)


def _load(entry: metadata.EntryPoint, kind: type[T]) -> T:
    try:
        found = entry.load()
    except Exception as error:  # a plugin may raise anything when it is imported
        raise PluginError(f"{entry.group}: {entry.name} ({entry.value}) cannot be loaded: {error}") from error
    if not isinstance(found, kind):
        raise PluginError(f"{entry.group}: {entry.name} ({entry.value}) is no {kind.__name__}")
    return found


def _find_local(folder: Path | None) -> list[Component]:
    if folder is None or not folder.is_dir():
        return []
    names = sorted(each.name for each in folder.iterdir() if (each / "__init__.py").is_file())
    if names and _PACKAGE not in sys.modules:
        _make_package(folder)
    return [_load_local(folder / name) for name in names]


def _make_package(folder: Path) -> None:
    """`local/NAME/` is imported as gateway_local.NAME, without touching the import path."""
    spec = importlib.util.spec_from_loader(_PACKAGE, None, is_package=True)
    assert spec is not None  # noqa: S101  (it is None only for an unknown loader)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)


def _load_local(folder: Path) -> Component:
    try:
        module: Any = importlib.import_module(f"{_PACKAGE}.{folder.name}")
    except Exception as error:  # a plugin may raise anything when it is imported
        raise PluginError(f"the plugin {folder} cannot be loaded: {error}") from error
    component = getattr(module, "component", None)
    if not isinstance(component, Component):
        raise PluginError(f"the plugin {folder} has no `component = Component(...)` in its __init__.py")
    return component
