"""The tree of contexts: the places in which roles are assigned and capabilities held.

The system context holds all others. A component registers its levels (`ContextLevel`) and makes, moves and deletes
a context together with the course, category or whatever it is the context of, in the same transaction.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from gateway.invocation import SYSTEM_CONTEXT
from gateway.store import Context


class ContextError(ValueError):
    """A change that would break the tree; a bug of the component that asked for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A context as checks and causes see it: its id, its level, and the id of what it is the context of."""

    id: int
    level: str
    instance_id: int

    def __str__(self) -> str:
        return (
            "the system context"
            if self.id == SYSTEM_CONTEXT
            else f"the context {self.level} {self.instance_id}"
        )


Line = tuple[Place, ...]
"""A context with those that hold it: the system context first, itself last."""


def create_context(db: Session, level: str, instance_id: int, parent: Context) -> Context:
    """The new context of something, under `parent`. Each thing has one (IntegrityError)."""
    context = Context(level=level, instance_id=instance_id, parent_id=parent.id, path="")
    db.add(context)
    db.flush()  # the path ends in the id
    context.path = f"{parent.path}/{context.id}"
    db.flush()
    return context


def find_context(db: Session, level: str, instance_id: int) -> Context | None:
    """The context of something, or None."""
    return db.scalar(select(Context).where(Context.level == level, Context.instance_id == instance_id))


def move_context(db: Session, context: Context, new_parent: Context) -> None:
    """Put a context, with all that it holds, under another; two statements, however much it holds.

    Raises ContextError for the system context, and for a parent that the context itself holds.
    """
    _refuse_system(context)
    if f"{new_parent.path}/".startswith(f"{context.path}/"):
        raise ContextError(f"the context {context.id} cannot be moved into itself")
    old, new = context.path, f"{new_parent.path}/{context.id}"
    moved = update(Context).where(_subtree(context))
    db.execute(
        moved.values(path=new + func.substr(Context.path, len(old) + 1)),
        execution_options={"synchronize_session": "fetch"},
    )
    context.parent_id = new_parent.id
    db.flush()


def delete_context(db: Session, context: Context) -> None:
    """Delete a context with all that it holds; the role assignments and overrides there go with them (cascade).

    One statement, however much it holds. Raises ContextError for the system context.
    """
    _refuse_system(context)
    db.execute(delete(Context).where(_subtree(context)), execution_options={"synchronize_session": "fetch"})


def _refuse_system(context: Context) -> None:
    if context.id == SYSTEM_CONTEXT:
        raise ContextError("the system context stays where it is")


def _subtree(context: Context) -> ColumnElement[bool]:
    return or_(Context.id == context.id, Context.path.startswith(f"{context.path}/"))


_PATH = select(Context.path).where(Context.id == bindparam("context_id"))
_PLACES = select(Context.id, Context.level, Context.instance_id).where(
    Context.id.in_(bindparam("path", expanding=True))
)


def read_path(db: Connection | Session, context_id: int) -> tuple[int, ...] | None:
    """The ids from the system context down to a context, or None if there is no such context."""
    path = db.execute(_PATH, {"context_id": context_id}).scalar_one_or_none()
    return None if path is None else tuple(map(int, path.split("/")[1:]))


def read_line(db: Connection | Session, context_id: int) -> Line | None:
    """A context with those that hold it, or None if there is no such context; two statements."""
    path = read_path(db, context_id)
    if path is None:
        return None
    places = {row.id: Place(*row) for row in db.execute(_PLACES, {"path": path})}
    return tuple(places[each] for each in path)
