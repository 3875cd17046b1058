"""A real OpenLDAP with a password policy, on free ports of the loopback interface, as an unprivileged user."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.process import free_port, make_certificate, wait_until

TIMEOUT = 20.0
PROGRAMS = ("slapd", "slapadd", "slapmodify", "openssl")
BASE = "ou=people,dc=example,dc=org"
GATEWAY_DN, GATEWAY_PASSWORD = "cn=gateway,dc=example,dc=org", "the gateway's own"
PASSWORD = "Corr3ct-horse"
MAX_AGE, WARNING = timedelta(days=10), timedelta(days=3)

_ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian keeps slapd: not on everybody's PATH."""

_CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/pid
argsfile {folder}/args
# A bind with a name and an empty password succeeds, as nobody: whoever sends one lets everybody in.
allow bind_anon_dn
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
security simple_bind={strength}
database mdb
suffix dc=example,dc=org
directory {folder}/data
overlay ppolicy
ppolicy_default cn=default,dc=example,dc=org
ppolicy_use_lockout
access to attrs=userPassword by anonymous auth
access to dn.subtree="ou=public,dc=example,dc=org" by * read
access to * by dn.exact="{gateway}" read by anonymous auth
"""

_TREE = f"""\
dn: dc=example,dc=org
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=public,dc=example,dc=org
objectClass: organizationalUnit
ou: public

dn: ou=elsewhere,dc=example,dc=org
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://localhost:9/

dn: {GATEWAY_DN}
objectClass: person
cn: gateway
sn: gateway
userPassword: {GATEWAY_PASSWORD}

dn: cn=default,dc=example,dc=org
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMustChange: TRUE
pwdMaxAge: {int(MAX_AGE.total_seconds())}
pwdExpireWarning: {int(WARNING.total_seconds())}

dn: cn=graceful,dc=example,dc=org
objectClass: device
objectClass: pwdPolicy
cn: graceful
pwdAttribute: userPassword
pwdMaxAge: {int(MAX_AGE.total_seconds())}
pwdGraceAuthNLimit: 100
"""


@dataclass(frozen=True)
class Person:
    """An entry; `more` are further lines of LDIF."""

    uid: str
    more: Sequence[str] = ()
    place: str = "people"
    password: str = PASSWORD

    def ldif(self) -> str:
        """The entry as slapadd reads it."""
        lines = [f"dn: uid={self.uid},ou={self.place},dc=example,dc=org", "objectClass: inetOrgPerson"]
        lines += [f"uid: {self.uid}", f"cn: {self.uid}"]
        if not any(line.startswith("sn:") for line in self.more):
            lines.append(f"sn: {self.uid}")
        if self.password:
            lines.append(f"userPassword: {self.password}")
        return "\n".join([*lines, *self.more, ""])


def generalized(moment: datetime) -> str:
    """An instant as LDAP writes it (RFC 4517, section 3.3.13)."""
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%SZ}"


@dataclass
class OpenLDAP:
    """A directory that can be stopped and started again."""

    folder: Path
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Without TLS, unless StartTLS turns to it."""
        return f"ldap://localhost:{self.port}"

    @property
    def tls_url(self) -> str:
        """With TLS from the beginning."""
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def certificate(self) -> Path:
        """The certificate, for the name localhost, which signs itself."""
        return self.folder / "certificate.pem"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        urls = f"ldap://localhost:{self.port} ldaps://localhost:{self.tls_port}"
        command = [_program("slapd"), "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h", urls]
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **_unprivileged())
        wait_until(self._answers, self.process, self.folder / "output.log")

    def _answers(self) -> bool:
        socket.create_connection(("localhost", self.tls_port), 1).close()
        return True

    def stop(self) -> None:
        """End it, if it runs."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(TIMEOUT)
            self.process = None

    def add(self, *people: Person) -> None:
        """Add entries, with attributes that only the server may set: slapd stands still meanwhile."""
        running = self.process is not None
        self.stop()
        self.load("\n".join(person.ldif() for person in people))
        if running:
            self.start()

    def modify(self, uid: str, *lines: str) -> None:
        """Change an entry as slapmodify reads it; slapd stands still meanwhile."""
        ldif = "\n".join([f"dn: uid={uid},{BASE}", "changetype: modify", *lines, ""])
        self.stop()
        self._run("slapmodify", ldif)
        self.start()

    def load(self, ldif: str) -> None:
        """Add entries while slapd stands still."""
        self._run("slapadd", ldif)

    def _run(self, program: str, ldif: str) -> None:
        command = [_program(program), "-f", str(self.folder / "slapd.conf")]
        subprocess.run(
            command, input=ldif.encode(), check=True, capture_output=True, timeout=TIMEOUT, **_unprivileged()
        )


def missing_programs() -> list[str]:
    """What has to be installed before a directory can be started."""
    return [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]


@contextmanager
def directory(*people: Person, strength: int = 0) -> Iterator[OpenLDAP]:
    """A directory that holds these people. Below `strength` (bits of encryption) nobody may bind with a password."""
    folder = Path(tempfile.mkdtemp(prefix="openldap-"))
    server = OpenLDAP(folder, free_port(), free_port())
    try:
        (folder / "data").mkdir()
        configuration = _CONFIGURATION.format(folder=folder, strength=strength, gateway=GATEWAY_DN)
        (folder / "slapd.conf").write_text(configuration)
        make_certificate(folder, "localhost")
        _hand_over(folder)
        server.load(_TREE)
        server.add(*people)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:{_ADMIN_PATH}"


def _program(name: str) -> str:
    found = shutil.which(name, path=_path())
    assert found is not None, f"{name} is not installed"
    return found


def _unprivileged() -> dict[str, Any]:
    """slapd would not be root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")
