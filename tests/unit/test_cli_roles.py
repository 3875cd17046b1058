"""`gateway role`: what roles say of capabilities, and who has them where."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gateway import store
from gateway.administration import find_user
from gateway.capabilities import create_context, read_capabilities, system_capabilities
from gateway.invocation import SYSTEM_CONTEXT
from gateway.store import Context
from tests.support.command import Run, session

CREATE, DELETE = "moodle/user:create", "moodle/webservice:createtoken"


def show(run: Run, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run("role", "show", name, "--json").output)
    return shown


def held(folder: Path, username: str, context_id: int = SYSTEM_CONTEXT) -> frozenset[str]:
    """What a user holds in a context."""
    with session(folder) as db:
        user = find_user(db, username)
        return (
            system_capabilities(db, user.id)
            if context_id == SYSTEM_CONTEXT
            else read_capabilities(db, user.id, context_id) or frozenset()
        )


@pytest.fixture
def clerk(demo: Run) -> Run:
    """Runs the command on the demo site with a role `clerk`, which user01 has."""
    demo("role", "create", "clerk", "--name", "Clerk", "--description", "Makes users")
    demo("role", "assign", "clerk", "user01")
    return demo


@pytest.fixture
def course(clerk: Run, tmp_path: Path) -> int:
    """The id of the context of course 5."""
    engine = store.create(f"sqlite:///{tmp_path}/gateway.db").execution_options(effect="write")
    with Session(engine) as db:
        made = create_context(db, "course", 5, db.get_one(Context, SYSTEM_CONTEXT))
        number = made.id
        db.commit()
    return number


def test_a_role_gives_what_it_allows(clerk: Run, tmp_path: Path) -> None:
    assert CREATE not in held(tmp_path, "user01")
    clerk("role", "allow", "clerk", CREATE, DELETE)
    assert {CREATE, DELETE} <= held(tmp_path, "user01")
    clerk("role", "unset", "clerk", DELETE)
    assert DELETE not in held(tmp_path, "user01")
    clerk("role", "prevent", "clerk", CREATE)
    assert CREATE not in held(tmp_path, "user01")
    clerk("role", "allow", "user", CREATE)
    assert CREATE in held(tmp_path, "user01")
    clerk("role", "prohibit", "clerk", CREATE)
    assert CREATE not in held(tmp_path, "user01")
    assert CREATE in held(tmp_path, "user02")
    clerk("role", "unassign", "clerk", "user01")
    assert CREATE in held(tmp_path, "user01")


def test_a_context_is_named_by_level_and_id(clerk: Run, tmp_path: Path, course: int) -> None:
    clerk("role", "unassign", "clerk", "user01", "--context", "system", "0")
    clerk("role", "allow", "clerk", CREATE)
    clerk("role", "assign", "clerk", "user01", "--context", "course", "5")
    assert CREATE in held(tmp_path, "user01", course)
    assert CREATE not in held(tmp_path, "user01")
    clerk("role", "prohibit", "clerk", CREATE, "--context", "course", "5")
    assert CREATE not in held(tmp_path, "user01", course)
    shown = show(clerk, "clerk")
    assert shown["permissions"] == [f"allow {CREATE} in system", f"prohibit {CREATE} in course 5"]
    assert shown["users"] == ["user01 in course 5"]
    clerk("role", "unset", "clerk", CREATE, "--context", "course", "5")
    assert show(clerk, "clerk")["permissions"] == [f"allow {CREATE} in system"]
    clerk("role", "unassign", "clerk", "user01", "--context", "course", "5")
    assert show(clerk, "clerk")["users"] == []


def test_a_role_goes_with_what_it_gave(clerk: Run, tmp_path: Path) -> None:
    clerk("role", "allow", "clerk", CREATE)
    result = clerk("role", "delete", "clerk", typed="n\n", ok=False)
    assert "Delete the role clerk, assigned 1 times?" in result.output
    assert CREATE in held(tmp_path, "user01")
    clerk("role", "delete", "clerk", "--yes")
    assert CREATE not in held(tmp_path, "user01")
    assert "there is no role clerk" in clerk("role", "show", "clerk", ok=False).output


def test_what_is_said_of_a_capability_that_is_gone_can_be_unset(clerk: Run, tmp_path: Path) -> None:
    clerk("role", "allow", "clerk", CREATE)
    with session(tmp_path) as db:
        db.delete(db.get_one(store.Capability, CREATE))
        db.commit()
    output = clerk("role", "allow", "clerk", CREATE, ok=False).output
    assert "there is no capability" in output
    assert "`gateway init` registers those of new components" in output
    clerk("role", "unset", "clerk", CREATE)
    assert show(clerk, "clerk")["permissions"] == []


def test_roles_are_listed_in_their_order(clerk: Run) -> None:
    names = [row["shortname"] for row in json.loads(clerk("role", "list", "--json").output)]
    assert names[:2] == ["manager", "coursecreator"]
    assert names[-1] == "clerk"
    assert "Makes users" in clerk("role", "list").output
    assert "user01 in system" in clerk("role", "show", "clerk").output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("create", "manager"), 1, "the role manager exists"),
        (("create", "the boss"), 1, "the short name the boss is not made of"),
        (("create", "a" * 101), 1, "the short name is longer than 100 characters"),
        (("create", "boss", "--name", "a" * 256), 1, "the name is longer than 255 characters"),
        (("delete", "manager", "--yes"), 1, "one that every site has"),
        (("allow", "managr", CREATE), 1, "there is no role managr; did you mean manager"),
        (("allow", "manager", "moodle/user:creat"), 1, f"did you mean {CREATE}"),
        (("allow", "manager"), 2, "Missing argument"),
        (("prohibit", "manager", CREATE, "--context", "curse", "5"), 1, "did you mean course"),
        (("prohibit", "manager", CREATE, "--context", "course", "5"), 1, "there is no context course 5"),
        (("prohibit", "manager", CREATE, "--context", "course", "five"), 2, "'five' is not a valid integer"),
        (("unset", "student", CREATE), 1, f"the role student says nothing of {CREATE} there"),
        (("assign", "manager", "nobody"), 1, "there is no user nobody"),
        (("unassign", "manager", "wsuser"), 1, "wsuser does not have the role manager there"),
    ],
)
def test_an_error_is_one_clear_line(demo: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    result = demo("role", *arguments, ok=False)
    assert result.exit_code == status
    assert message in result.output


def test_of_several_permissions_all_or_none_are_set(clerk: Run) -> None:
    clerk("role", "allow", "clerk", CREATE, "no/such:thing", ok=False)
    assert show(clerk, "clerk")["permissions"] == []
