"""What the components declare, brought into the database: capabilities, ready roles, built-in services."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from gateway import store
from gateway.administration.errors import AdministrationError
from gateway.administration.services import set_functions
from gateway.capabilities import CORE_CAPABILITIES, protocol_capability, synchronise_roles
from gateway.protocol import Protocol, names_of
from gateway.registry import Component, ServiceDefault
from gateway.store import Service


def synchronise(db: Session, components: Sequence[Component], protocols: Iterable[Protocol]) -> None:
    """Bring capabilities, ready roles and built-in services to what the components declare.

    Of a service that exists only the list of functions changes, and a ready role that exists gets nothing but the
    defaults of capabilities that are new: an administrator's settings survive.
    """
    _synchronise_capabilities(db, components, protocols)
    for component in components:
        for default in component.services:
            _synchronise_service(db, component.name, default)


def _synchronise_capabilities(
    db: Session, components: Sequence[Component], protocols: Iterable[Protocol]
) -> None:
    core = [*CORE_CAPABILITIES, *(protocol_capability(name) for name in names_of(protocols))]
    declared = [("core", each) for each in core]
    declared += [(component.name, each) for component in components for each in component.capabilities]
    known = set(db.scalars(select(store.Capability.name)))
    for owner, each in declared:
        values = {"component": owner, "title": each.title}
        statement = upsert(store.Capability).values(name=each.name, **values)
        db.execute(statement.on_conflict_do_update(["name"], set_=values))
    synchronise_roles(db, [each for _, each in declared], known)


def _synchronise_service(db: Session, component: str, default: ServiceDefault) -> None:
    service = db.scalar(select(Service).where(Service.shortname == default.shortname))
    if service is None:
        service = Service(
            name=default.name,
            shortname=default.shortname,
            component=component,
            enabled=default.enabled,
            restricted=default.restricted,
            required_capability=default.required_capability,
            public=default.public,
            download_files=default.download_files,
            upload_files=default.upload_files,
        )
        db.add(service)
        db.flush()
    elif service.component != component:
        raise AdministrationError(
            f"the service {default.shortname} of {component} cannot be made: a service of that short name exists"
        )
    set_functions(db, service, default.functions)
