"""The `gateway` command in this process, on an installation in a folder."""

import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from gateway import store
from gateway.assembly import load
from gateway.cli import main
from gateway.web import Response as WebResponse

Run = Callable[..., Result]


def invoke(folder: Path, *arguments: str, typed: str = "", ok: bool = True) -> Result:
    """Run the command with a database in `folder`; it must succeed, or else end in one line (`ok` is False)."""
    place = ["--database", f"sqlite:///{folder}/gateway.db", "--folder", str(folder)]
    result = CliRunner().invoke(main, [*place, "--local", str(folder / "local"), *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code == 0) is ok, result.output
    return result


def forget_local_plugins() -> None:
    """Let the next command load plugins anew: a process imports each once."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "gateway_local"]:
        del sys.modules[name]


def session(folder: Path) -> Session:
    """A session on the installation's database."""
    return Session(store.create(f"sqlite:///{folder}/gateway.db"))


def request(
    folder: Path,
    path: str,
    body: bytes = b"{}",
    *,
    token: str = "",
    password: tuple[str, str] | None = None,
    peer: str = "127.0.0.1",
    content_type: str = "application/json",
    method: str = "POST",
) -> WebResponse:
    """What a gateway that starts now on the installation answers; its call log is written when this returns."""
    gateway = load(f"sqlite:///{folder}/gateway.db", folder=folder)
    headers = {"content-type": content_type, "content-length": str(len(body))}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if password is not None:
        headers["authorization"] = f"Basic {b64encode(':'.join(password).encode()).decode()}"
    path, _, query = path.partition("?")
    try:
        return gateway.handle(method, path, query, headers, body, peer)
    finally:
        gateway.close()


def works(folder: Path, token: str) -> bool:
    """Whether a token may call the function that everybody's service holds in these tests."""
    return request(folder, "/rest/core_webservice_get_site_info", token=token).status == 200
