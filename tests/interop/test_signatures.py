"""The methods that Java's and .NET's generators make of the WSDL: plain parameters, no request objects.

`make interop INTEROP_ACCEPT=yes` writes down what they make now; read the difference before it is committed.
"""

import os

import pytest

from tests.interop.clients import HERE, Client
from tests.interop.lab import PRESENT, Lab
from tests.interop.runner import signatures


@pytest.mark.parametrize("client", [each for each in PRESENT if each.signatures], ids=lambda each: each.name)
def test_generated_methods_are_as_before(lab: Lab, client: Client) -> None:
    expected = HERE / "expected" / f"{client.name}.txt"
    found = signatures(client, lab.built(client))
    if os.environ.get("INTEROP_ACCEPT"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")
