"""Importing the peers' libraries without their warnings, which are errors in our tests."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing_spyne() -> Iterator[None]:
    """Spyne 2.14 imports `cgi` and vendors an old six.

    That six leaves a finder without find_spec in sys.meta_path: every later import of the process would warn,
    so the finder is taken out once Spyne's own imports are done.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'cgi' is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", "_SixMetaPathImporter", ImportWarning)
        yield
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "spyne.util.six"]


@contextmanager
def importing_pyamf() -> Iterator[None]:
    """Py3AMF looks for its XML libraries at the first unusual value; one of them says it is deprecated.

    The search is brought forward to here, where its warning can be filtered.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "defusedxml", DeprecationWarning)
        yield
        import pyamf.xml

        pyamf.xml.is_xml(None)


@contextmanager
def without_log(name: str) -> Iterator[None]:
    """Hide a library's log while it is shown to fail on purpose."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
