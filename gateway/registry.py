"""Function, Component and Registry: what can be called. Importing a module registers nothing."""

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from gateway.deprecation import Deprecation
from gateway.faults import FaultKind
from gateway.invocation import Caller, Invocation
from gateway.signature import Choice, Signature, SignatureError, StructOf, camel_case, read_signature


class Effect(Enum):
    """What a call does to the data: nothing, the same when repeated, or something each time."""

    READ = "read"
    IDEMPOTENT = "idempotent"
    WRITE = "write"


READ, IDEMPOTENT, WRITE = Effect.READ, Effect.IDEMPOTENT, Effect.WRITE

_FUNCTION_NAME = re.compile(r"[a-z][a-z0-9_]*")


class RegistryError(ValueError):
    """Components that cannot live together; the text names both sides."""


@dataclass(frozen=True)
class Function:
    """One registered callable. Made by `@function`; calling it calls the Python function.

    `component` and `version` are those of the Component that lists it. With `open_faults` it may raise faults that it
    does not declare: those of another framework, which names them where it raises them.
    """

    name: str
    python: Callable[..., Any]
    effect: Effect
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    raises: tuple[FaultKind, ...] = ()
    component: str = ""
    version: str = ""
    open_faults: bool = False
    deprecated: Deprecation | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.python(*args, **kwargs)

    @cached_property
    def takes_invocation(self) -> bool:
        """Whether the first parameter is the Invocation, which is not on the wire."""
        first = next(iter(inspect.signature(self.python).parameters), None)
        return first is not None and typing.get_type_hints(self.python).get(first) is Invocation

    @cached_property
    def signature(self) -> Signature:
        """The Signature, read at the first use (the Component reads it when it is made)."""
        return read_signature(self.python, self.name, self.component, skip_first=self.takes_invocation)

    @cached_property
    def doc(self) -> str:
        """The docstring, dedented."""
        return inspect.getdoc(self.python) or ""

    @property
    def documentation(self) -> str:
        """The docstring, and since when the function is deprecated."""
        return "\n\n".join(filter(None, [self.doc, self.deprecated.sentence if self.deprecated else ""]))


def function(
    name: str,
    *,
    effect: Effect,
    requires: Iterable[str] = (),
    uses: Iterable[str] = (),
    raises: Iterable[FaultKind] = (),
    open_faults: bool = False,
    deprecated: Deprecation | None = None,
) -> Callable[[Callable[..., Any]], Function]:
    """Make a Function of a typed Python function; a Component lists it, nothing is registered here.

    `requires` capabilities are checked by the gateway in the system context; `uses` names those that the function
    asks for itself (documentation); `raises` declares its own faults, `open_faults` lets it raise others; `deprecated`
    says when it goes and what replaces it. Raises SignatureError.
    """
    if not _FUNCTION_NAME.fullmatch(name):
        raise SignatureError(
            f"function {name}: a name is lower-case ASCII letters, digits and _, a letter first"
        )

    def make(python: Callable[..., Any]) -> Function:
        if inspect.iscoroutinefunction(python) or inspect.isasyncgenfunction(python):
            raise SignatureError(f"function {name}: is async: functions run in threads, write a plain `def`")
        return Function(
            name,
            python,
            effect,
            tuple(requires),
            tuple(uses),
            tuple(raises),
            open_faults=open_faults,
            deprecated=deprecated,
        )

    return make


USER_ROLE, GUEST_ROLE = "user", "guest"
"""The roles that nobody is assigned to: everybody holds one of them."""

DEFAULT_ROLES = frozenset(
    {"manager", "coursecreator", "editingteacher", "teacher", "student", USER_ROLE, GUEST_ROLE}
)
"""The short names of the roles that every site starts with."""


@dataclass(frozen=True)
class Capability:
    """A right that roles give: `name` like `moodle/user:create`, and a title for people.

    `default_roles` are the ready roles (DEFAULT_ROLES) that allow it until an administrator decides otherwise.
    Raises RegistryError for a role that is none of them.
    """

    name: str
    title: str
    default_roles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role in self.default_roles:
            if role not in DEFAULT_ROLES:
                raise RegistryError(f"capability {self.name}: {role} is no ready role")


@dataclass(frozen=True)
class ContextLevel:
    """A kind of place in which capabilities are held, such as `course`.

    Contexts of a level lie in those of its `parent`, or in others of the level itself. `may_enter` is asked, with the
    database session of the call, the caller (administrators too) and the id of the course or whatever it is, before
    a call enters a context of the level or one inside it; None: whoever comes may enter.
    """

    name: str
    title: str
    parent: str = "system"
    may_enter: Callable[[Any, Caller, int], bool] | None = None


SYSTEM_LEVEL = ContextLevel("system", "System", parent="")


@dataclass(frozen=True)
class ServiceDefault:
    """A built-in service as its component declares it; an administrator's settings survive later versions."""

    shortname: str
    name: str
    functions: tuple[str, ...]
    enabled: bool = False
    restricted: bool = True
    required_capability: str | None = None
    public: bool = False
    download_files: bool = False
    upload_files: bool = False


@runtime_checkable
class Demo(Protocol):
    """Loads a component's part of the demo site, in the given transaction; must be repeatable."""

    def __call__(self, db: Any) -> None: ...


@dataclass(frozen=True)
class Component:
    """What brings functions, capabilities, context levels, services and tables: a shipped component or a plugin.

    `migrations` is the folder of its Alembic branch (label: the component's name).
    """

    name: str
    functions: Sequence[Function] = ()
    capabilities: Sequence[Capability] = ()
    services: Sequence[ServiceDefault] = ()
    migrations: Path | None = None
    demo: Demo | None = None
    title: str = ""
    version: str = ""
    levels: Sequence[ContextLevel] = ()

    def __post_init__(self) -> None:
        if not _FUNCTION_NAME.fullmatch(self.name):
            raise RegistryError(f"component {self.name}: a name is lower-case ASCII letters, digits and _")
        bound = tuple(replace(each, component=self.name, version=self.version) for each in self.functions)
        object.__setattr__(self, "functions", bound)
        for each in bound:
            _ = each.signature  # a declaration the wire cannot carry is refused now


def _refuse_homeless(level: ContextLevel, levels: Mapping[str, ContextLevel]) -> None:
    """Refuse a level from which no way leads up to the system: a parent is unknown, or below its own child."""
    at, seen = level, {level.name}
    while at is not SYSTEM_LEVEL:
        if at.parent not in levels:
            raise RegistryError(f"context level {at.name}: no component brings its parent {at.parent}")
        at = levels[at.parent]
        if at.name in seen:
            raise RegistryError(f"context level {level.name}: its parents go round in a circle")
        seen.add(at.name)


def _refuse_wrong_deprecation(function: Function, functions: Mapping[str, Function]) -> None:
    """Refuse dates that are no days or in the wrong order, and a replacement that nobody can call."""
    deprecated = function.deprecated
    if deprecated is None:
        return
    since, removal, replacement = deprecated.since, deprecated.removal, deprecated.replacement
    if type(since) is not date or (removal is not None and type(removal) is not date):
        raise RegistryError(
            f"function {function.name}: deprecated since and removed on a day: write date(...)"
        )
    if removal is not None and removal <= since:
        raise RegistryError(f"function {function.name}: its removal {removal} is not after {since}")
    if replacement is not None and (replacement not in functions or replacement == function.name):
        raise RegistryError(f"function {function.name}: its replacement {replacement} is no other function")


def _camel_key(name: str) -> str:
    return camel_case(name).lower()


class Registry:
    """All functions of all components; immutable once built. Raises RegistryError for what clashes."""

    def __init__(self, components: Iterable[Component]) -> None:
        self.components: tuple[Component, ...] = tuple(components)
        self.functions: Mapping[str, Function] = self._collect()
        self.levels: Mapping[str, ContextLevel] = self._collect_levels()
        self._refuse_camel_clashes()
        self._refuse_type_clashes()
        for each in self.functions.values():
            _refuse_wrong_deprecation(each, self.functions)

    def standing(self, names: Set[str], now: datetime) -> list[Function]:
        """The functions among these names that are registered, and not removed at an instant; by name."""
        found = [self.functions[name] for name in sorted(names & self.functions.keys())]
        return [each for each in found if each.deprecated is None or not each.deprecated.removed_by(now)]

    def _collect(self) -> dict[str, Function]:
        functions: dict[str, Function] = {}
        names: set[str] = set()
        for component in self.components:
            if component.name in names:
                raise RegistryError(f"two components are called {component.name}")
            names.add(component.name)
            for each in component.functions:
                other = functions.setdefault(each.name, each)
                if other is not each:
                    raise RegistryError(
                        f"function {each.name} is in {other.component} and in {each.component}"
                    )
        return functions

    def _collect_levels(self) -> dict[str, ContextLevel]:
        levels = {SYSTEM_LEVEL.name: SYSTEM_LEVEL}
        for component in self.components:
            for level in component.levels:
                if not _FUNCTION_NAME.fullmatch(level.name):
                    raise RegistryError(
                        f"component {component.name}: the context level {level.name} is not named in lower-case "
                        f"ASCII letters, digits and _"
                    )
                if levels.setdefault(level.name, level) is not level:
                    raise RegistryError(
                        f"component {component.name}: a context level is called {level.name} already"
                    )
        for level in levels.values():
            _refuse_homeless(level, levels)
        return levels

    def _refuse_camel_clashes(self) -> None:
        """Functions, and their responses, as Java and .NET would name them."""
        seen: dict[str, str] = {}
        for name in self.functions:
            for message in (_camel_key(name), _camel_key(name) + "response"):
                other = seen.setdefault(message, name)
                if other != name:
                    raise RegistryError(
                        f"functions {other} and {name} become one name in Java and .NET: rename one"
                    )

    def _refuse_type_clashes(self) -> None:
        messages = {
            message
            for name in self.functions
            for message in (_camel_key(name), _camel_key(name) + "response")
        }
        seen: dict[str, tuple[str, object]] = {}
        for each in self.functions.values():
            for node in each.signature.types():
                if not isinstance(node, StructOf | Choice):
                    continue
                key = _camel_key(node.name)
                if key in messages:
                    raise RegistryError(
                        f"function {each.name}: type {node.name} is called like a function's message"
                    )
                identity = (node.name, node.python if isinstance(node, StructOf) else node)
                if seen.setdefault(key, identity) != identity:
                    raise RegistryError(
                        f"function {each.name}: two types are called {node.name}: give one a name, "
                        f"`class ...(Struct, name=...)`"
                    )

    @cached_property
    def capabilities(self) -> Mapping[str, Capability]:
        """Every declared capability, by name."""
        return {each.name: each for component in self.components for each in component.capabilities}
