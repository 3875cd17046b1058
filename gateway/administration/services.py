"""Services: made, changed, filled with functions, opened to users."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from gateway import addresses
from gateway.administration.errors import AdministrationError, check_length, check_word, shorten, unknown
from gateway.administration.roles import check_capability
from gateway.administration.users import find_user
from gateway.store import AuthorisedUser, Service, ServiceFunction, Token, utcnow
from gateway.words import AlphaNumExt

_ORIGIN = re.compile(r"\*|https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_DEFAULT_PORT = re.compile(r"http:.*:80|https:.*:443")
_CHANGEABLE = frozenset(
    {"name", "enabled", "restricted", "public", "required_capability", "rate_limit", "cors_origins"}
    | {"download_files", "upload_files"}
)


def find_service(db: Session, name: str) -> Service:
    """The service of that short name, else of that name. Raises AdministrationError."""
    statement = select(Service).where(or_(Service.shortname == name, Service.name == name))
    service = db.scalars(statement.order_by(func.coalesce(Service.shortname == name, False).desc())).first()
    if service is None:
        known = [each for row in db.execute(select(Service.shortname, Service.name)) for each in row if each]
        raise unknown("service", name, known)
    return service


def create_service(db: Session, shortname: str, name: str, **columns: Any) -> Service:
    """A service of the administrator's own, without functions; closed and restricted unless `columns` say otherwise.

    Raises AdministrationError: a name is taken or malformed, or as `change_service`.
    """
    check_word("short name", shortname, AlphaNumExt)
    if db.scalar(select(Service.id).where(Service.shortname == shortname)) is not None:
        raise AdministrationError(f"the short name {shortname} is taken")
    _check_columns(db, {**columns, "name": name})
    service = Service(shortname=shortname, name=name, **columns)
    db.add(service)
    db.flush()
    return service


def change_service(db: Session, service: str, **columns: Any) -> Service:
    """Change what is named: name, enabled, restricted, public, required_capability, rate_limit, cors_origins, ...

    Raises AdministrationError (the name is taken, there is no such capability, an origin is malformed), and TypeError
    for a column that is not changed this way.
    """
    found = find_service(db, service)
    _check_columns(db, columns, found.id)
    for name, value in columns.items():
        setattr(found, name, value)
    found.modified_at = utcnow()
    db.flush()
    return found


def _check_columns(db: Session, columns: dict[str, Any], service_id: int | None = None) -> None:
    if unknown_columns := columns.keys() - _CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown_columns))}")
    if "name" in columns:
        check_length("name", columns["name"], 200)
        holder = db.scalar(select(Service.id).where(Service.name == columns["name"]))
        if holder not in (None, service_id):
            raise AdministrationError(f"the name {shorten(columns['name'])} is taken by another service")
    if columns.get("required_capability"):
        check_capability(db, columns["required_capability"])
    for origin in columns.get("cors_origins", ()):
        if not _ORIGIN.fullmatch(origin):
            raise AdministrationError(
                f"{shorten(origin)} is no origin: write https://host, https://host:port or *, in lower case"
            )
        if _DEFAULT_PORT.fullmatch(origin):
            raise AdministrationError(f"no browser sends {shorten(origin)}: leave out the port")


def delete_service(db: Session, service: str) -> None:
    """Delete a service of the administrator's own; its tokens and its list of users go with it.

    Raises AdministrationError, also for a built-in one.
    """
    found = find_service(db, service)
    if found.component is not None:
        raise AdministrationError(
            f"the service {service} comes with {found.component} and cannot be deleted: "
            f"gateway service change {service} --disabled"
        )
    db.execute(delete(Service).where(Service.id == found.id))


def count_tokens(db: Session, service_id: int) -> int:
    """How many tokens of a service count."""
    statement = select(func.count()).where(Token.service_id == service_id, Token.revoked_at.is_(None))
    return db.scalar(statement) or 0


# Functions


def list_functions(db: Session, service_id: int) -> list[str]:
    """The names of the functions that a service holds, sorted."""
    statement = select(ServiceFunction.function).where(ServiceFunction.service_id == service_id)
    return sorted(db.scalars(statement))


def set_functions(db: Session, service: Service, functions: Iterable[str]) -> None:
    """Make a service hold exactly these functions."""
    wanted, held = set(functions), set(list_functions(db, service.id))
    gone = ServiceFunction.function.in_(held - wanted)
    if held - wanted:
        db.execute(delete(ServiceFunction).where(ServiceFunction.service_id == service.id, gone))
    db.add_all(ServiceFunction(service_id=service.id, function=name) for name in sorted(wanted - held))
    db.flush()


def add_functions(db: Session, service: str, functions: Iterable[str], known: Collection[str]) -> Service:
    """Put functions into a service, those that are there already too; `known` are all that the registry has.

    Raises AdministrationError: no such function, or the service is a built-in one.
    """
    found, wanted = _find_own(db, service), set(functions)
    for name in sorted(wanted - set(known)):
        raise unknown("function", name, known)
    set_functions(db, found, wanted | set(list_functions(db, found.id)))
    return found


def remove_functions(db: Session, service: str, functions: Iterable[str]) -> Service:
    """Take functions out of a service. Raises AdministrationError: not in it, or the service is a built-in one."""
    found, gone = _find_own(db, service), set(functions)
    held = list_functions(db, found.id)
    for name in sorted(gone - set(held)):
        raise unknown(f"function in the service {service} called", name, held)
    set_functions(db, found, set(held) - gone)
    return found


def _find_own(db: Session, service: str) -> Service:
    found = find_service(db, service)
    if found.component is not None:
        raise AdministrationError(
            f"the functions of the service {service} come with {found.component}: make a service of your own"
        )
    return found


# Users of a restricted service


def authorise(db: Session, service: str, username: str, **columns: Any) -> AuthorisedUser:
    """List a user in a service, or change his entry: `valid_until`, `ip_restriction` (None takes one away).

    Raises AdministrationError, or AddressError for a malformed restriction.
    """
    if columns.get("ip_restriction"):
        addresses.check(columns["ip_restriction"])
    service_id, user_id = find_service(db, service).id, find_user(db, username).id
    entry = _find_entry(db, service_id, user_id) or AuthorisedUser(service_id=service_id, user_id=user_id)
    for name, value in columns.items():
        setattr(entry, name, value)
    db.add(entry)
    db.flush()
    return entry


def unauthorise(db: Session, service: str, username: str) -> None:
    """Take a user from the list of a service. Raises AdministrationError."""
    entry = _find_entry(db, find_service(db, service).id, find_user(db, username).id)
    if entry is None:
        raise AdministrationError(f"{username} is not among the users of the service {service}")
    db.delete(entry)
    db.flush()


def _find_entry(db: Session, service_id: int, user_id: int) -> AuthorisedUser | None:
    return db.scalar(select(AuthorisedUser).filter_by(service_id=service_id, user_id=user_id))
