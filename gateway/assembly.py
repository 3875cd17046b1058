"""A gateway put together: plugins, database, Facts, dispatcher, routes. The only place that knows all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from gateway import store
from gateway.accounts import Backend
from gateway.accounts.local import BACKENDS as LOCAL_BACKENDS
from gateway.calllog import CallLog
from gateway.credentials import site_key as read_site_key
from gateway.dispatch import Dispatcher
from gateway.endpoints import TokenEndpoint, TokenScript
from gateway.facts import FactsSource, utc_now
from gateway.generation import POLL_SECONDS
from gateway.identification import Identification
from gateway.pages import pages
from gateway.passwords import Passwords
from gateway.plugins import check_packages, find_backends, find_components, find_protocols
from gateway.protocol import Protocol, Site, modern
from gateway.queries import Queries
from gateway.registry import Component, Registry
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.throttle import FailedCredentials, Rates
from gateway.tokens import TokenIssuer
from gateway.web import RequestIds, Web, count_requests

DEFAULT_URL = "http://127.0.0.1:8080"


class Gateway:
    """Everything that answers requests on one database, inside one process."""

    def __init__(
        self,
        engine: Engine,
        components: Sequence[Component],
        protocols: Sequence[Protocol],
        *,
        site_key: bytes,
        backends: Mapping[str, Backend] = LOCAL_BACKENDS,
        workers: int = 1,
        public_url: str = DEFAULT_URL,
        poll_seconds: float = POLL_SECONDS,
        clock: Callable[[], datetime] = utc_now,
        request_ids: RequestIds | None = None,
    ) -> None:
        self.engine = engine
        self.registry = Registry(components)
        self.protocols = modern(protocols)
        self.faces = tuple(protocols)
        self.facts = FactsSource(engine, poll_seconds=poll_seconds)
        self.log = CallLog(engine)
        self._public_url = public_url
        self._described: tuple[Settings, Site] | None = None
        # Codecs are compiled once: what they hold of the site stays until the next start.
        self._started = site_of(self.facts.settings, public_url)
        served = {name: backend.for_site(lambda: self.facts.settings) for name, backend in backends.items()}
        self.passwords = Passwords(served, clock=lambda: clock().timestamp())
        failures = FailedCredentials(engine, lambda: clock().timestamp())
        self.sessions = Sessions(engine, self.facts, site_key)
        self.identification = Identification(engine, self.facts, self.passwords, failures, self.sessions)
        dispatcher = Dispatcher(
            self.registry,
            protocols,
            engine,
            self.facts,
            self.identification,
            Queries(self.registry, self.facts, self.sessions, self.site),
            self.log,
            Rates(workers),
            self.site,
        )
        issuer = TokenIssuer(engine, self.facts, site_key)
        endpoints = [TokenEndpoint(self.identification, issuer), TokenScript(self.identification, issuer)]
        self._web = Web(
            dispatcher,
            protocols,
            endpoints,
            pages(self),
            self.facts,
            request_ids or count_requests(),
            clock=clock,
        )
        self.handle = self._web.handle
        self.loggable = self._web.loggable

    def site(self) -> Site:
        """What documents say of the installation: by the settings of now, but for the names that codecs hold."""
        settings = self.facts.settings
        if self._described is None or self._described[0] is not settings:
            site = site_of(settings, self._public_url)
            names = {"namespace": self._started.namespace, "wsdl_name": self._started.wsdl_name}
            self._described = (settings, replace(site, **names))
        return self._described[1]

    def close(self) -> None:
        """Write what the call log still holds, and close the database."""
        self.log.close()
        self.engine.dispose()


def site_of(settings: Settings, url: str) -> Site:
    """What documents say of an installation with these settings; `url` is for one without a public URL."""
    return Site(settings.public_url or url, settings.site_name, settings.namespace, settings.wsdl_name)


def migrations(components: Sequence[Component]) -> dict[str, Path]:
    """The folders of the components' Alembic branches, by label."""
    return {each.name: each.migrations for each in components if each.migrations is not None}


def open_database(url: str, components: Sequence[Component]) -> Engine:
    """The database of an installation. Raises StoreError if there is none, or if it waits for migrations."""
    engine = store.create(url, new=False)
    if store.pending(engine, migrations(components)):
        engine.dispose()
        raise store.StoreError("The database is not up to date: run `gateway init`")
    return engine


def load(
    url: str, *, folder: Path, local: Path | None = None, public_url: str = DEFAULT_URL, workers: int = 1
) -> Gateway:
    """The gateway of this installation on an upgraded database; `folder` holds the site key.

    Raises PluginError, StoreError, RegistryError or SignatureError, each with one sentence for the operator.
    """
    check_packages()
    components = find_components(local)
    return Gateway(
        open_database(url, components),
        components,
        find_protocols(),
        site_key=read_site_key(folder / "site.key"),
        backends=find_backends(),
        public_url=public_url,
        workers=workers,
    )
