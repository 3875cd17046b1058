"""Which release of the distribution this is: the version of every shipped component."""

from importlib.metadata import version
from typing import Final

RELEASE: Final = version("manifold-gateway")
"""The distribution's version (PEP 440), e.g. `0.1.0`."""
