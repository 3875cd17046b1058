"""The demo site's users: user01 ... user20, who cannot log in until somebody gives them a password."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from functions.users.profiles import DEFAULTS, UserProfile
from gateway.store import User

_PEOPLE: Final = (
    ("Amara", "Okafor", "Lagos", "NG", "Africa/Lagos"),
    ("Björn", "Lindqvist", "Uppsala", "SE", "Europe/Stockholm"),
    ("Camila", "Rojas", "Valparaíso", "CL", "America/Santiago"),
    ("Daniel", "Whitfield", "Perth", "AU", "Australia/Perth"),
    ("Eszter", "Kovács", "Szeged", "HU", "Europe/Budapest"),
    ("Farid", "Haddad", "Amman", "JO", "Asia/Amman"),
    ("Grace", "Mwangi", "Nakuru", "KE", "Africa/Nairobi"),
    ("Hiroshi", "Tanaka", "Sendai", "JP", "Asia/Tokyo"),
    ("Ines", "Carvalho", "Coimbra", "PT", "Europe/Lisbon"),
    ("Jakub", "Nowak", "Gdynia", "PL", "Europe/Warsaw"),
    ("Katerina", "Papadaki", "Chania", "GR", "Europe/Athens"),
    ("Liam", "O'Sullivan", "Cork", "IE", "Europe/Dublin"),
    ("Meera", "Krishnan", "Kochi", "IN", "Asia/Kolkata"),
    ("Noah", "Tremblay", "Québec", "CA", "America/Toronto"),
    ("Olena", "Shevchenko", "Lviv", "UA", "Europe/Kyiv"),
    ("Pierre", "Lefèvre", "Grenoble", "FR", "Europe/Paris"),
    ("Quynh", "Nguyễn", "Huế", "VN", "Asia/Ho_Chi_Minh"),
    ("Rosa", "Vázquez", "Oaxaca", "MX", "America/Mexico_City"),
    ("Samuel", "Abebe", "Bahir Dar", "ET", "Africa/Addis_Ababa"),
    ("Tamar", "Gelashvili", "Kutaisi", "GE", "Asia/Tbilisi"),
)
_DEPARTMENTS: Final = ("Mathematics", "History", "Biology", "Languages")
_CREATED: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def load_demo(db: Session) -> None:
    """Create those of the demo users that do not exist, with their profiles. Repeatable."""
    accounts = {f"user{number:02}": person for number, person in enumerate(_PEOPLE, 1)}
    existing = set(db.scalars(select(User.username).where(User.username.in_(accounts))))
    missing = {name: person for name, person in accounts.items() if name not in existing}
    if not missing:
        return
    rows = db.execute(
        insert(User).returning(User.username, User.id),
        [_account(name, *person[:2]) for name, person in missing.items()],
    )
    db.execute(insert(UserProfile), [_profile(row.id, row.username, *missing[row.username]) for row in rows])


def _account(username: str, firstname: str, lastname: str) -> dict[str, Any]:
    return {
        "username": username,
        "firstname": firstname,
        "lastname": lastname,
        "email": f"{username}@example.org",
        "idnumber": f"S{username[-2:]}",
        "created_at": _CREATED,
    }


def _profile(
    user_id: int, username: str, firstname: str, lastname: str, city: str, country: str, timezone: str
) -> dict[str, Any]:
    number = int(username[-2:])
    department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
    return {
        **DEFAULTS,
        "user_id": user_id,
        "timezone": timezone,
        "description": f"{firstname} {lastname} teaches in the department of {department}.",
        "city": city,
        "country": country,
        "institution": "Example University",
        "department": department,
        "phone1": f"+00 555 01{number:02}",
        "url": f"https://people.example.org/{username}",
    }
