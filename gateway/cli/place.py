"""Where an installation keeps its things, and how its commands fail: in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gateway import administration, client, credentials, plugins, store
from gateway.accounts import Backend
from gateway.assembly import DEFAULT_URL, open_database, site_of
from gateway.protocol import Protocol, Site
from gateway.registry import Component, Registry

_FAILURES = (ValueError, TypeError, OSError, store.StoreError, plugins.PluginError, client.ClientError)


@dataclass
class Place:
    """The database, the folder of the site key and demo.json, and the folder of the site's own plugins."""

    database: str
    folder: Path
    local: Path

    @property
    def demo_file(self) -> Path:
        """Where the secrets of the demo site are."""
        return self.folder / "demo.json"

    def components(self) -> list[Component]:
        """What is installed, and what is in `local`. Raises PluginError."""
        return plugins.find_components(self.local)

    def registry(self) -> Registry:
        """All functions. Raises PluginError, RegistryError."""
        return Registry(self.components())

    def protocols(self) -> list[Protocol]:
        """The installed protocols. Raises PluginError."""
        return plugins.find_protocols()

    def backends(self) -> dict[str, Backend]:
        """The installed authentication backends. Raises PluginError."""
        return plugins.find_backends()

    def site(self) -> Site:
        """What documents say of the installation. Raises StoreError."""
        with self.session() as db:
            return site_of(administration.get_settings(db), DEFAULT_URL)

    def site_key(self) -> bytes:
        """The key that derived tokens are made of. Raises PermissionError when others may read it."""
        return credentials.site_key(self.folder / "site.key")

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database, which is up to date. Raises StoreError."""
        engine = open_database(self.database, self.components())
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """A transaction; one that writes is committed at the end. Raises StoreError."""
        with (
            self.engine() as engine,
            Session(engine.execution_options(effect="write" if write else "read")) as db,
        ):
            yield db
            if write:
                db.commit()


class Group(click.Group):
    """A group whose commands turn what went wrong into one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; raises ClickException for what went wrong."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # nobody reads on: click ends quietly
            raise
        except _FAILURES as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            busy = "another process holds its write lock; try again"
            raise click.ClickException(
                f"The database: {busy if store.is_busy(error) else error.orig}"
            ) from error


pass_place = click.make_pass_decorator(Place)
