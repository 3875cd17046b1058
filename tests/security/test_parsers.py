"""One careful XML parser: no module makes, or borrows, another (CVE-2026-41066: a default that took entities)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from gateway import xml

ROOT = Path(xml.__file__).resolve().parents[1]
FACTORY = ROOT / "gateway" / "xml.py"
SOURCES = [
    each for name in ("gateway", "protocols", "functions") for each in sorted((ROOT / name).rglob("*.py"))
]
READERS = frozenset(
    {
        *("XML", "HTML", "XMLID", "XMLParser", "XMLPullParser", "HTMLParser", "ETCompatXMLParser", "XSLT"),
        *("fromstring", "fromstringlist", "iterparse", "iterwalk", "parseid", "parseString", "XInclude"),
        *("XMLSchema", "RelaxNG", "Schematron", "DTD", "canonicalize", "create_parser", "make_parser"),
    }
)
"""What lxml and the standard library call a reader of XML, or of documents that refer to others."""

FOREIGN = ("xml", "xmlrpc", "defusedxml", "pyexpat", "html.parser", "lxml.html", "lxml.objectify", "bs4")
"""Modules that bring readers of their own."""


def readers(tree: ast.AST) -> Iterator[str]:
    """The readers of XML that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if _is_foreign(each.name))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            if _is_foreign(node.module or ""):
                yield node.module or ""
            if (node.module or "").startswith("lxml"):
                yield from (each.name for each in node.names if each.name in READERS)
        elif _uses_lxml(node):
            yield node.attr


def _uses_lxml(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether it is `etree.parse`, or another reader of lxml's by its module's name."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("etree", "lxml")
        and node.attr in {*READERS, "parse"}
    )


def _is_foreign(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in FOREIGN)


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: str(each.relative_to(ROOT)))
def test_cve_2026_41066_no_other_parser_is_made_anywhere(source: Path) -> None:
    found = list(readers(ast.parse(source.read_text("utf-8"))))
    assert found == [] or source == FACTORY


def test_the_factory_is_seen_and_so_would_others_be() -> None:
    assert {"XMLParser", "fromstring"} <= set(readers(ast.parse(FACTORY.read_text("utf-8"))))
    for text in (
        "import xml.etree.ElementTree as ET",
        "from xml.dom import minidom",
        "from lxml.etree import iterparse",
        "from lxml import html\nimport lxml.html",
        "from lxml import etree\netree.parse('x')",
        "import xmlrpc.client",
    ):
        assert list(readers(ast.parse(text)))
    assert not list(
        readers(ast.parse("from gateway import xml\nxml.parse(b'')\nfrom lxml import etree\netree.QName"))
    )


def test_the_options_of_the_factory_are_all_said_and_none_is_left_to_a_default() -> None:
    refused = ("resolve_entities", "load_dtd", "dtd_validation", "attribute_defaults", "huge_tree", "recover")
    assert {name: xml._OPTIONS[name] for name in refused} == dict.fromkeys(refused, False)
    assert xml._OPTIONS["no_network"] is True
