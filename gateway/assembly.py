"""A gateway put together: plugins, database, Facts, dispatcher, routes. The only place that knows all of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway import store
from gateway.calllog import CallLog
from gateway.dispatch import Dispatcher
from gateway.facts import POLL_SECONDS, FactsSource, utc_now
from gateway.pages import pages
from gateway.plugins import check_packages, find_components, find_protocols
from gateway.protocol import Protocol, Site
from gateway.registry import Component, Registry
from gateway.settings import Settings
from gateway.web import Web

DEFAULT_URL = "http://127.0.0.1:8080"


class Gateway:
    """Everything that answers requests on one database, inside one process."""

    def __init__(
        self,
        engine: Engine,
        components: Sequence[Component],
        protocols: Sequence[Protocol],
        *,
        public_url: str = DEFAULT_URL,
        poll_seconds: float = POLL_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.engine = engine
        self.registry = Registry(components)
        self.protocols = {protocol.name: protocol for protocol in protocols}
        self.facts = FactsSource(engine, poll_seconds=poll_seconds)
        self.log = CallLog(engine)
        self._public_url = public_url
        self._described: tuple[Settings, Site] | None = None
        dispatcher = Dispatcher(
            self.registry, protocols, engine, self.facts, self.log, self.site, clock=clock
        )
        self._web = Web(dispatcher, protocols, pages(self), lambda: self.facts.settings.max_body_bytes)
        self.handle = self._web.handle

    def site(self) -> Site:
        """What documents say of the installation, by the settings of now."""
        settings = self.facts.settings
        if self._described is None or self._described[0] is not settings:
            url = settings.public_url or self._public_url
            self._described = (settings, Site(url, settings.site_name, settings.namespace))
        return self._described[1]

    def close(self) -> None:
        """Write what the call log still holds, and close the database."""
        self.log.close()
        self.engine.dispose()


def migrations(components: Sequence[Component]) -> dict[str, Path]:
    """The folders of the components' Alembic branches, by label."""
    return {each.name: each.migrations for each in components if each.migrations is not None}


def load(url: str, *, local: Path | None = None, public_url: str = DEFAULT_URL) -> Gateway:
    """The gateway of this installation on an upgraded database.

    Raises PluginError, StoreError, RegistryError or SignatureError, each with one sentence for the operator.
    """
    check_packages()
    components = find_components(local)
    engine = store.create(url)
    if store.pending(engine, migrations(components)):
        engine.dispose()
        raise store.StoreError("The database is not up to date: run `gateway init`")
    return Gateway(engine, components, find_protocols(), public_url=public_url)
