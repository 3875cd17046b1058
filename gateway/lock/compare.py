"""Two locks compared: every change, by the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.lock.rules import RULES, WIDER, Rule, Side
from gateway.lock.shapes import CHOICE, STRUCT, FunctionShape, Lock, MemberShape, TypeShape

_BOUNDS = ("ge", "le", "max_length")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a function: `where` is a parameter, a member (`Type.member`) or `result`, empty for itself.

    `announced` says that the function was deprecated already, so that its callers have been told.
    """

    function: str
    where: str
    side: Side
    name: str
    announced: bool = False

    @property
    def rule(self) -> Rule:
        """What it means, and for whom."""
        return RULES[self.side, self.name]

    @property
    def breaking(self) -> bool:
        """Whether it breaks a protocol for callers who have not been told."""
        return bool(self.rule.breaks) and not self.announced


def compare(old: Lock, new: Lock) -> list[Change]:
    """What has changed, by function."""
    changes: list[Change] = []
    for name in sorted(old.functions.keys() | new.functions.keys()):
        before, after = old.functions.get(name), new.functions.get(name)
        found = _Comparison(name, old, new).function(before, after)
        announced = before is not None and before.deprecated is not None
        changes += (replace(each, announced=announced) for each in found)
    return list(dict.fromkeys(changes))


class _Comparison:
    """One function in two locks; each pair of named types is looked at once for each side."""

    def __init__(self, name: str, old: Lock, new: Lock) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.seen: set[tuple[str, str, Side]] = set()

    def change(self, side: Side, where: str, name: str) -> Change:
        return Change(self.name, where, side, name)

    def function(self, old: FunctionShape | None, new: FunctionShape | None) -> Iterator[Change]:
        if old is None or new is None:
            yield self.change(Side.FUNCTION, "", "added" if old is None else "removed")
            return
        yield from self.behaviour(old, new)
        yield from self.parameters(old.parameters, new.parameters)
        yield from self.result(old.result, new.result)

    def behaviour(self, old: FunctionShape, new: FunctionShape) -> Iterator[Change]:
        if old.effect != new.effect:
            yield self.change(
                Side.FUNCTION, "", "effect-restricted" if old.effect == "read" else "effect-changed"
            )
        for what, before, after in (
            ("capability", set(old.requires), set(new.requires)),
            ("fault", old.faults.keys(), new.faults.keys()),
        ):
            for each in sorted(before ^ after):
                yield self.change(
                    Side.FUNCTION, each, f"{what}-added" if each in after else f"{what}-removed"
                )
        for each in sorted(old.faults.keys() & new.faults.keys()):
            if old.faults[each] != new.faults[each]:
                yield self.change(Side.FUNCTION, each, "fault-status-changed")
        if old.deprecated != new.deprecated:
            yield self.change(Side.FUNCTION, "", "deprecation-changed")

    def parameters(self, old: Sequence[MemberShape], new: Sequence[MemberShape]) -> Iterator[Change]:
        known = [each.name for each in old]
        last = max((number for number, each in enumerate(new) if each.name in known), default=-1)
        for number, each in enumerate(new):
            if each.name not in known and each.optional:
                name = "parameter-inserted" if number < last else "optional-added"
                yield self.change(Side.TAKES, each.name, name)
        yield from self.taken(old, new, "", "parameters-reordered")

    def taken(
        self, old: Sequence[MemberShape], new: Sequence[MemberShape], owner: str, reordered: str
    ) -> Iterator[Change]:
        """What is the same of parameters and of members that a function takes."""
        before, after = _by_name(old), _by_name(new)
        for name in after:
            if name not in before and not after[name].optional:
                yield self.change(Side.TAKES, owner + name, "required-added")
        for name in before:
            if name not in after:
                yield self.change(Side.TAKES, owner + name, "removed")
            else:
                yield from self.taken_member(before[name], after[name], owner + name)
        if _are_reordered(before, after):
            yield self.change(Side.TAKES, owner.rstrip("."), reordered)

    def taken_member(self, old: MemberShape, new: MemberShape, where: str) -> Iterator[Change]:
        if old.optional != new.optional:
            yield self.change(Side.TAKES, where, "became-optional" if new.optional else "became-required")
        elif old.optional and _left_out(old) != _left_out(new):
            yield self.change(Side.TAKES, where, "default-changed")
        yield from self.types(Side.TAKES, old.type, new.type, where)

    def result(self, old: MemberShape | None, new: MemberShape | None) -> Iterator[Change]:
        if old is None or new is None:
            if old is not new:
                yield self.change(Side.GIVES, "result", "result-added" if old is None else "result-removed")
            return
        yield from self.given_member(old, new, "result")

    def given(self, old: Sequence[MemberShape], new: Sequence[MemberShape], owner: str) -> Iterator[Change]:
        before, after = _by_name(old), _by_name(new)
        for name in after:
            if name not in before:
                yield self.change(Side.GIVES, owner + name, "member-added")
        for name, member in before.items():
            if name in after:
                yield from self.given_member(member, after[name], owner + name)
            else:
                missed = "optional-removed" if member.may_be_missing else "member-removed"
                yield self.change(Side.GIVES, owner + name, missed)
        if _are_reordered(before, after):
            yield self.change(Side.GIVES, owner.rstrip("."), "members-reordered")

    def given_member(self, old: MemberShape, new: MemberShape, where: str) -> Iterator[Change]:
        if old.may_be_missing != new.may_be_missing:
            name = "became-optional" if new.may_be_missing else "became-required"
            yield self.change(Side.GIVES, where, name)
        elif old.optional != new.optional:
            yield self.change(Side.GIVES, where, "became-default")
        yield from self.types(Side.GIVES, old.type, new.type, where)

    def types(self, side: Side, old: TypeShape, new: TypeShape, where: str) -> Iterator[Change]:
        """Two types in the same place."""
        if old.kind != new.kind:
            changed = "type-widened" if side is Side.TAKES else "type-narrowed"
            yield self.change(side, where, changed if _fits(side, old, new) else "type-changed")
        elif old.kind in (STRUCT, CHOICE):
            yield from self.named(side, old, new, where)
        else:
            yield from self.bounds(side, old, new, where)
            if old.item is not None and new.item is not None:
                renamed = _element_name(old.item) != _element_name(new.item)
                if renamed and _fits(side, _innermost(old), _innermost(new)):
                    yield self.change(side, where, "item-renamed")
                yield from self.types(side, old.item, new.item, where)

    def named(self, side: Side, old: TypeShape, new: TypeShape, where: str) -> Iterator[Change]:
        if old.name != new.name:
            yield self.change(side, where, "type-renamed")
        if (old.name, new.name, side) in self.seen:
            return
        self.seen.add((old.name, new.name, side))
        if old.kind == CHOICE:
            yield from self.choices(side, old.name, new.name)
            return
        before, after, owner = self.old.structs[old.name], self.new.structs[new.name], f"{new.name}."
        if side is Side.GIVES:
            yield from self.given(before, after, owner)
            return
        names = {each.name for each in before}
        for each in after:
            if each.name not in names and each.optional:
                yield self.change(side, owner + each.name, "optional-added")
        yield from self.taken(before, after, owner, "members-reordered")

    def choices(self, side: Side, old: str, new: str) -> Iterator[Change]:
        before, after = self.old.choices[old], self.new.choices[new]
        for each in sorted({*before} ^ {*after}):
            yield self.change(side, f"{new}.{each}", "choice-added" if each in after else "choice-removed")

    def bounds(self, side: Side, old: TypeShape, new: TypeShape, where: str) -> Iterator[Change]:
        if all(getattr(old, each) == getattr(new, each) for each in (*_BOUNDS, "word")):
            return
        yield self.change(side, where, "bounds-loosened" if _admits(new, old) else "bounds-tightened")


def _by_name(members: Sequence[MemberShape]) -> dict[str, MemberShape]:
    return {each.name: each for each in members}


def _are_reordered(before: dict[str, MemberShape], after: dict[str, MemberShape]) -> bool:
    return [name for name in before if name in after] != [name for name in after if name in before]


def _left_out(member: MemberShape) -> object:
    """What a function gets where a caller leaves it out: nothing is one thing, whether ABSENT or None."""
    return None if member.may_be_missing else (member.default,)


def _fits(side: Side, old: TypeShape, new: TypeShape) -> bool:
    """Whether the kinds of two types go together: what was sent is taken, or what is given was expected."""
    pair = (old.kind, new.kind) if side is Side.TAKES else (new.kind, old.kind)
    return old.kind == new.kind or pair in WIDER


def _innermost(node: TypeShape) -> TypeShape:
    return node if node.item is None else _innermost(node.item)


def _element_name(node: TypeShape) -> str:
    """By what SOAP calls the items of a list: the name of their type."""
    return f"ArrayOf {_element_name(node.item)}" if node.item is not None else node.name or node.kind


def _admits(wide: TypeShape, narrow: TypeShape) -> bool:
    """Whether the bounds of one hold whatever those of the other do."""
    if wide.word not in (None, narrow.word):
        return False
    if wide.ge is not None and (narrow.ge is None or narrow.ge < wide.ge):
        return False
    return all(
        most is None or (least is not None and least <= most)
        for most, least in ((wide.le, narrow.le), (wide.max_length, narrow.max_length))
    )
