"""The backends whose passwords are hashes in our own table: manual, webservice and nologin."""

from collections.abc import Mapping
from typing import ClassVar

from gateway.accounts import Account, Backend, Verdict
from gateway.credentials import verify_password


class Manual(Backend):
    """Accounts that an administrator makes; passwords may age (the setting `password_max_age_days`)."""

    name: ClassVar[str] = "manual"
    title: ClassVar[str] = "Accounts with a password of this site"

    def verify(self, account: Account, password: str) -> Verdict:
        """Compare with the hash in the table."""
        return Verdict(verify_password(account.password_hash, password))


class WebService(Manual):
    """Accounts for programs: their password is good for calls only, and does not age."""

    name: ClassVar[str] = "webservice"
    title: ClassVar[str] = "Accounts for web service calls only"
    may_log_in: ClassVar[bool] = False


class NoLogin(Manual):
    """Accounts that exist, but may not call or log in: check 13 refuses them, whatever their password."""

    name: ClassVar[str] = "nologin"
    title: ClassVar[str] = "Accounts that cannot be used"
    may_call: ClassVar[bool] = False
    may_log_in: ClassVar[bool] = False


MANUAL, WEBSERVICE, NOLOGIN = Manual(), WebService(), NoLogin()
BACKENDS: Mapping[str, Backend] = {each.name: each for each in (MANUAL, WEBSERVICE, NOLOGIN)}
