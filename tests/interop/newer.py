"""The component a release later: Person has a new member at its end, and every answer holds it."""

from gateway import ABSENT, READ, Component, Maybe, function
from tests.interop import component as old


class Person(old.Person, name="InteropPerson", kw_only=True):
    """What it was, and a nickname."""

    nickname: Maybe[str] = ABSENT


@function("interop_echo_person", effect=READ)
def echo_person(person: Person) -> Person:
    """Who came, with a nickname."""
    person.nickname = "new"
    return person


@function("interop_echo_people", effect=READ)
def echo_people(people: list[Person]) -> list[Person]:
    """Who came, with nicknames."""
    return [echo_person(each) for each in people]


_REPLACED = {each.name: each for each in (echo_person, echo_people)}

component = Component("interop", functions=[_REPLACED.get(each.name, each) for each in old.FUNCTIONS])
