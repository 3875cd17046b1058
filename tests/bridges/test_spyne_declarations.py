"""What becomes of Spyne's declarations: names, types, and what is refused with a sentence."""


# mypy: ignore-errors

import re
import subprocess
import sys
from pathlib import Path

import pytest

import gateway
from gateway import READ, WRITE
from gateway.registry import Registry, RegistryError
from gateway.signature import Kind, ListOf, Scalar, SignatureError, State, StructOf
from tests.bridges.services import (
    COMPONENT,
    HelloWorldService,
    UserManagerService,
    component,
    spyne,
)


def service(*types, returns=None, **given):
    """A service of one method."""
    names = [f"value{number}" for number, _ in enumerate(types)]

    def method(*_arguments):
        return None

    decorated = spyne.srpc(*types, _returns=returns, _args=names, **given)(method)
    return type("Odd", (spyne.ServiceBase,), {"method": decorated})


def functions(made):
    return {each.name: each for each in made.functions}


def test_methods_become_functions_with_the_documentation_and_effect_they_were_given() -> None:
    made = component(
        "shop", [HelloWorldService], effects={"say_hello": READ}, requires=["shop/hello:say"], service="shop"
    )
    (hello,) = made.functions
    assert (hello.name, hello.effect, hello.requires) == ("shop_say_hello", READ, ("shop/hello:say",))
    assert hello.doc.startswith("Docstrings for service methods")
    assert [each.name for each in hello.signature.parameters] == ["name", "times"]
    assert made.services[0].functions == ("shop_say_hello",)
    assert Registry([made]).functions["shop_say_hello"].effect is READ


def test_names_are_snake_case_behind_the_prefix() -> None:
    assert "ex_echo_renamed" in functions(COMPONENT)
    bare = component("x", [UserManagerService], prefix="")
    assert "get_all_user" in functions(bare)
    assert functions(bare)["get_all_user"].effect is WRITE


def test_types_carry_what_spyne_declared() -> None:
    made = functions(COMPONENT)
    (value,) = made["ex_echo_int32"].signature.parameters
    assert (value.type.kind, value.type.ge, value.type.le, value.state) == (
        Kind.INT32,
        -5,
        99,
        State.NULLABLE,
    )
    (user,) = made["ex_add_user"].signature.parameters
    assert isinstance(user.type, StructOf)
    assert [each.name for each in user.type.fields] == [
        "user_id",
        "user_name",
        "full_name",
        "email",
        "permissions",
    ]
    (dog,) = made["ex_echo_dog"].signature.parameters
    fields = {each.name: each for each in dog.type.fields}
    assert (fields["name"].state, fields["legs"].state) == (State.REQUIRED, State.NULLABLE)
    assert isinstance(fields["scores"].type, ListOf)
    assert [each.state for each in made["ex_echo_two"].signature.parameters] == [
        State.NULLABLE,
        State.DEFAULT,
    ]
    assert [each.name for each in made["ex_echo_two"].signature.result.type.fields] == ["text", "number"]


@pytest.mark.parametrize(
    ("model", "least", "most", "kind"),
    [
        ("Integer", None, None, Kind.INT),
        ("Integer32", None, None, Kind.INT32),
        ("Integer16", -(2**15), 2**15 - 1, Kind.INT32),
        ("UnsignedInteger", 0, None, Kind.INT),
        ("UnsignedInteger64", 0, None, Kind.INT),
        ("UnsignedInteger32", 0, 2**32 - 1, Kind.INT),
        ("UnsignedInteger8", 0, 255, Kind.INT32),
    ],
)
def test_the_integer_family_keeps_its_ranges(model: str, least: int, most: int, kind: Kind) -> None:
    made = component("x", [service(getattr(spyne, model))])
    (value,) = made.functions[0].signature.parameters
    assert value.type == Scalar(kind, ge=least, le=most)


REFUSED = {
    "AnyDict": (spyne.AnyDict, "AnyDict has no typed form"),
    "AnyXml": (spyne.AnyXml, "AnyXml is no value"),
    "Any": (spyne.model.primitive.Any, "Any cannot be checked"),
    "Uuid": (spyne.Uuid, "Uuid is not a type of the wire"),
    "Time": (spyne.Time, "is not a type of the wire"),
    "Duration": (spyne.Duration, "is not a type of the wire"),
    "File": (spyne.File, "File belongs to Spyne's transports"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_our_types_refuse_is_refused_with_class_and_member(name: str) -> None:
    model, sentence = REFUSED[name]
    holder = type("Holder", (spyne.ComplexModel,), {"odd": model})
    with pytest.raises(SignatureError, match=r"Odd\.method, parameter value0, Holder\.odd: .*" + sentence):
        component("x", [service(holder)])


def test_attributes_of_elements_are_refused() -> None:
    holder = type("Holder", (spyne.ComplexModel,), {"odd": spyne.XmlAttribute(spyne.Unicode)})
    with pytest.raises(SignatureError, match=r"Holder\.odd: XmlAttribute exists in XML only"):
        component("x", [service(holder)])


def test_a_model_that_contains_itself_is_refused() -> None:
    node = type("Node", (spyne.ComplexModel,), {"parts": spyne.Array(spyne.SelfReference)})
    with pytest.raises(SignatureError, match="contains itself"):
        component("x", [service(node)])


def test_auxiliary_methods_are_refused() -> None:
    with pytest.raises(SignatureError, match="auxiliary"):
        component("x", [service(spyne.Unicode, _aux=object())])


@pytest.mark.parametrize("kind", ["_is_async", "_is_callback"])
def test_methods_that_do_not_answer_once_are_refused(kind: str) -> None:
    with pytest.raises(SignatureError, match=r"Odd\.method: .* make it an ordinary method"):
        component("x", [service(spyne.Unicode, **{kind: True})])


def test_models_with_methods_are_refused() -> None:
    """Spyne would serve them beside the service's own; left out in silence, they would be missed by their callers."""

    class Account(spyne.ComplexModel):
        balance = spyne.Integer

        @spyne.mrpc(spyne.Integer, _returns=spyne.Integer)
        def withdraw(self, _ctx, amount):
            return self.balance - amount

    with pytest.raises(
        SignatureError, match=r"Odd\.method.* Account has methods of its own \(@mrpc: withdraw\)"
    ):
        component("x", [service(spyne.Array(Account))])


def test_a_clash_of_names_is_refused() -> None:
    with pytest.raises(RegistryError, match="both have a method say_hello"):
        component(
            "x", [HelloWorldService, type("Copy", (spyne.ServiceBase,), dict(_copy_of(HelloWorldService)))]
        )


def _copy_of(_service):
    @spyne.srpc(spyne.Unicode, _returns=spyne.Unicode)
    def say_hello(name):
        return name

    yield "say_hello", say_hello


def test_what_names_no_method_is_refused() -> None:
    with pytest.raises(RegistryError, match="effects names methods that no service has: fly"):
        component("x", [HelloWorldService], effects={"fly": READ})
    with pytest.raises(RegistryError, match="is no Spyne service"):
        component("x", [str])


def test_child_attributes_are_kept() -> None:
    holder = type("Holder", (spyne.ComplexModel,), {"a": spyne.Unicode, "b": spyne.Unicode})
    customised = holder.customize(child_attrs={"a": {"min_occurs": 1, "nullable": False}})
    (value,) = component("x", [service(customised)]).functions[0].signature.parameters
    assert [each.state for each in value.type.fields] == [State.REQUIRED, State.NULLABLE]


def test_without_spyne_one_sentence_says_so() -> None:
    """As on Python 3.12, where Spyne cannot be imported."""
    script = "import sys; sys.modules['spyne'] = None; import gateway.bridges.spyne"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert (
        "ImportError: Spyne cannot be imported: install manifold-gateway[spyne], on Python 3.11" in run.stderr
    )


def test_spyne_is_imported_in_the_bridge_only() -> None:
    root = Path(gateway.__file__).parent.parent
    importing = re.compile(r"^\s*(import|from) spyne\b", re.MULTILINE)
    found = {
        path.relative_to(root).parts[:3]
        for package in ("gateway", "protocols", "functions")
        for path in (root / package).rglob("*.py")
        if importing.search(path.read_text())
    }
    assert found == {("gateway", "bridges", "spyne")}
