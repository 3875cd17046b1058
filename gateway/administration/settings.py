"""The site's settings, and which protocols are enabled."""

import json
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from gateway import settings as site_settings
from gateway.administration.errors import unknown
from gateway.store import Setting


def set_setting(db: Session, name: str, text: str) -> str:
    """Change a setting, as a person writes it; the JSON that is kept. Raises SettingError."""
    value = site_settings.parse(name, text)
    db.execute(
        upsert(Setting).values(name=name, value=value).on_conflict_do_update(["name"], set_={"value": value})
    )
    return value


def get_settings(db: Session) -> site_settings.Settings:
    """All settings."""
    rows = db.execute(select(Setting.name, Setting.value)).all()
    return site_settings.read((name, value) for name, value in rows)


def enable_protocol(db: Session, name: str, installed: Collection[str]) -> None:
    """Let calls come by a protocol that is `installed`. Raises AdministrationError."""
    if name not in installed:
        raise unknown("protocol", name, installed)
    _set_protocols(db, get_settings(db).protocols | {name})


def disable_protocol(db: Session, name: str, installed: Collection[str]) -> None:
    """Let no call come by a protocol; one that is enabled may be gone. Raises AdministrationError."""
    enabled = get_settings(db).protocols
    if name not in installed and name not in enabled:
        raise unknown("protocol", name, installed)
    _set_protocols(db, enabled - {name})


def _set_protocols(db: Session, names: Collection[str]) -> None:
    set_setting(db, "protocols", json.dumps(sorted(names)))
