"""Long lists of Structs that came folded: read column by column (see `gateway.folding`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from gateway.folding import LEAF, NAME, SPACE, Shape, rows_of
from gateway.signature import Choice, Field, Kind, ListOf, Scalar, StructOf, Type
from gateway.xml import Element, Records
from protocols.soap.lexical import BOOLEANS, FAST_DIGITS, LEXICALS, read_integer

RECORDS = Shape(
    between=rf"(?P<closing></(?P<name>{NAME})>){SPACE}(?P<opening><(?P=name)>)(?={SPACE}<)",
    record=rf"<(?P<name>{NAME})>{SPACE}(?:{LEAF}{SPACE})*</(?P=name)>",
)
"""An element that holds leaves, and another of its name after it."""

Column = Callable[[list[str]], list[Any]]
"""The texts of one member to its values. Raises ValueError for a text that its own reader must see."""

Path = tuple[str, ...]
"""A parameter's name, or those that lead from it through Structs to a member."""


class Lists:
    """The lists of Structs among some parameters, and where in them they are."""

    def __init__(self, fields: Sequence[Field], namespace: str) -> None:
        self._prefix = f"{{{namespace}}}"
        self._columns = {path: _columns(item) for path, item in _find(fields)}

    def put(self, records: Records, call: Element, values: Any) -> bool:
        """Replace the list of one item that was read of folded records by that of all; False if they do not fit.

        They fit if their columns give that first item, as its own reader read it.
        """
        *path, name = self._path(records.parent, call)
        columns = self._columns.get((*path, name))
        for each in path:
            values = values.get(each) if isinstance(values, dict) else None
        rows = self._read(records, columns) if columns and isinstance(values, dict) else None
        if rows is None or values.get(name) != rows[:1]:
            return False
        values[name] = rows
        return True

    def _path(self, element: Element, call: Element) -> list[str]:
        """The names from a call's element to one inside of it."""
        between = takewhile(lambda each: each is not call, element.iterancestors())
        return [self._name(each) for each in (element, *between)][::-1]

    def _name(self, element: Element) -> str:
        return str(element.tag).removeprefix(self._prefix)

    def _read(self, records: Records, columns: Mapping[str, Column]) -> list[Any] | None:
        names = [self._name(each) for each in records.parent[0]]
        if len(names) != len(records.columns):
            return None
        try:
            read = [columns[name](texts) for name, texts in zip(names, records.columns, strict=True)]
        except (KeyError, ValueError):
            return None
        return rows_of(names, read)


def _find(fields: Sequence[Field], path: Path = ()) -> Iterator[tuple[Path, StructOf]]:
    for field in fields:
        match field.type:
            case ListOf(item=StructOf() as item):
                yield (*path, field.name), item
            case StructOf(fields=members):
                yield from _find(members, (*path, field.name))


def _columns(item: StructOf) -> dict[str, Column]:
    return {each.name: column for each in item.fields if (column := _column(each.type))}


def _column(node: Type) -> Column | None:
    match node:
        case Choice():
            return _choices
        case Scalar(kind=Kind.INT | Kind.INT32):
            return _integers
        case Scalar(kind=Kind.BOOL):
            return lambda texts: [BOOLEANS[each] for each in texts]
        case Scalar(kind=Kind.STR):
            return list
        case Scalar(kind=kind):
            convert, _ = LEXICALS[kind]
            return lambda texts: list(map(convert, texts))
        case _:
            return None


def _choices(texts: list[str]) -> list[Any]:
    if not all(texts):
        raise ValueError("an empty text may be null")
    return texts


def _integers(texts: list[str]) -> list[Any]:
    digits = "".join(texts)
    fast = digits.isascii() and digits.isdigit() and max(map(len, texts)) <= FAST_DIGITS
    return list(map(int if fast else read_integer, texts))
