"""A client that openapi-python-client makes of the document: typed calls, results and faults."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.openapi.shipped import fetch, serve

PROGRAM = """
import json, sys
from made.api.core_user import core_user_create_users as create
from made.api.core_user import core_user_get_users_by_field as find
from made.api.core_user import core_user_get_users_by_field_get as find_by_get
from made.client import AuthenticatedClient
from made.models import CoreUserCreateUsersBody, CoreUserGetUsersByFieldBody, CoreUserGetUsersByFieldField
from made.models import CoreUserNewUserInput, GatewayFault

client = AuthenticatedClient(*sys.argv[1:])
jane = CoreUserNewUserInput("jane.doe", "Corr3ct-horse", "Jane", "Doe", "jane@example.org", city=None)
body = CoreUserCreateUsersBody([jane])
(made,) = create.sync(client=client, body=body)
again = create.sync(client=client, body=body)
assert isinstance(again, GatewayFault)
field = CoreUserGetUsersByFieldField.USERNAME
found = find.sync(client=client, body=CoreUserGetUsersByFieldBody(field, ["jane.doe", "nobody"]))
by_get = find_by_get.sync(client=client, field=field, values=["jane.doe", "nobody"])
print(json.dumps({
    "made": made.username,
    "errorcode": again.errorcode,
    "paths": [each.path for each in again.problems],
    "found": [each.fullname for each in found],
    "by GET": [each.fullname for each in by_get],
}))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """What the program saw that calls through the generated client."""
    folder = tmp_path_factory.mktemp("generated")
    with serve(folder) as (site, url):
        (folder / "openapi.json").write_bytes(fetch(f"{url}/openapi.json", site.token))
        generator = str(Path(sys.executable).with_name("openapi-python-client"))
        options = ["--path", "openapi.json", "--output-path", "made", "--meta", "none"]
        _run([generator, "generate", *options], folder)
        yield json.loads(_run([sys.executable, "-c", PROGRAM, url, site.token], folder))


def _run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_client_calls_and_reads_faults(said: dict[str, object]) -> None:
    assert said == {
        "made": "jane.doe",
        "errorcode": "invalidparameter",
        "paths": ["users[0].username", "users[0].email"],
        "found": ["Jane Doe"],
        "by GET": ["Jane Doe"],
    }
