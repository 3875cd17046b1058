"""Compiling generated Python: straight-line code for a Signature is what makes checks, readers and writers fast."""

import linecache
from collections.abc import Mapping, Sequence
from typing import Any


def compile_source(title: str, lines: Sequence[str], constants: Mapping[str, Any]) -> dict[str, Any]:
    """Run generated source lines beside `constants` and give the namespace with what they define.

    The source is kept under `title`, so that a traceback shows its lines. The lines hold no text of anybody else:
    names were checked when their Signature was read (`[A-Za-z][A-Za-z0-9_]*`), any other value is a constant.
    """
    filename = f"<{title}>"
    source = "\n".join(lines) + "\n"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = dict(constants)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102  (our own text, see above)
    return namespace
