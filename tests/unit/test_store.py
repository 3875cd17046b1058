"""The store, on real SQLite files: transactions, the generation, migrations."""

import contextlib
import importlib
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, delete, func, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway import store
from gateway.store import BulkInsert, CallRecord, migrations, models
from gateway.store.engine import WRITING_EFFECTS

ENVIRONMENT = Path(migrations.__file__).parent
NOW = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
TABLES: list[Table] = [
    mapper.local_table
    for mapper in models.Base.registry.mappers
    if mapper.class_.__module__ == models.__name__ and isinstance(mapper.local_table, Table)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "gateway.db"


@pytest.fixture
def bare(path: Path) -> Iterator[Engine]:
    """An engine on an empty database."""
    engine = store.create(f"sqlite:///{path}", busy_timeout=20)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(bare: Engine) -> Engine:
    """An engine on a database with the core's tables."""
    store.upgrade(bare, {})
    return bare


@pytest.fixture
def writer(engine: Engine) -> Engine:
    return engine.execution_options(effect="write")


def scalar(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(statement))


# The engine


def test_the_database_belongs_to_its_owner_alone(engine: Engine, path: Path) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes.pop("gateway.db") == 0o600
    assert set(modes.values()) <= {0o600}, "journals are as private as the database"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_and_a_file_that_exist_keep_their_modes(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    file = tmp_path / "old.db"
    file.touch()
    file.chmod(0o640)
    store.create(f"sqlite:///{file}").dispose()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
        ("sqlite:///file:x?mode=memory&cache=shared&uri=true", "no options"),
        ("sqlite:///file:x", "no options"),
        ("sqlite:///x.db?timeout=1", "no options"),
        ("sqlite+aiosqlite:///x.db", r"sqlite\+aiosqlite is not supported"),
        ("postgresql://gateway:hunter2@localhost/gateway", "postgresql is not supported"),
        ("hunter2", "cannot be read"),
        ("sqlite:////proc/none/x.db", "cannot be used"),
    ],
)
def test_a_url_of_another_kind_is_refused_with_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(store.StoreError, match=sentence) as refusal:
        store.create(url)
    assert str(refusal.value).endswith(".")
    assert "hunter2" not in str(refusal.value)


def test_every_connection_has_its_pragmas(bare: Engine) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 20_000}
    with bare.connect() as first, bare.connect() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted


@pytest.mark.parametrize("effect", sorted(WRITING_EFFECTS))
def test_no_update_is_lost(engine: Engine, effect: str) -> None:
    writer = engine.execution_options(effect=effect)
    ready = threading.Barrier(4)

    def increment_ten_times() -> None:
        ready.wait()
        for _ in range(10):
            with writer.begin() as connection:
                value = connection.scalar(select(models.Generation.value)) or 0
                connection.execute(update(models.Generation).values(value=value + 1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(increment_ten_times) for _ in range(4)]:
            done.result()
    assert scalar(engine, "SELECT value FROM generation") == 41


def test_reads_go_on_beside_a_writer_and_see_what_was_committed(engine: Engine, writer: Engine) -> None:
    with writer.begin() as writing:
        writing.execute(update(models.Generation).values(value=99))
        assert scalar(engine, "SELECT value FROM generation") == 1
    assert scalar(engine, "SELECT value FROM generation") == 99


def test_a_transaction_reads_one_state(engine: Engine, writer: Engine) -> None:
    with engine.connect() as reading:
        before = reading.scalar(select(models.Generation.value))
        with writer.begin() as writing:
            writing.execute(update(models.Generation).values(value=99))
        assert reading.scalar(select(models.Generation.value)) == before


def test_busy_is_told_from_other_errors(engine: Engine, writer: Engine, path: Path) -> None:
    hasty = store.create(f"sqlite:///{path}", busy_timeout=0.01)
    waiting = hasty.execution_options(effect="write").connect()
    with writer.begin(), pytest.raises(OperationalError) as busy:
        waiting.execute(text("SELECT 1"))
    assert store.is_busy(busy.value)
    assert busy.value.orig is not None
    assert store.is_busy(busy.value.orig)
    assert waiting.scalar(text("SELECT 1")) == 1, "the connection is usable afterwards"
    waiting.close()
    hasty.dispose()
    with engine.connect() as connection, pytest.raises(OperationalError) as wrong:
        connection.execute(text("SELECT nothing"))
    assert not store.is_busy(wrong.value)
    assert not store.is_busy(ValueError("database is locked"))
    assert not store.is_busy(sqlite3.ProgrammingError("made by the driver itself"))


def test_a_stale_reader_that_writes_is_busy(engine: Engine, writer: Engine) -> None:
    with engine.connect() as stale:
        stale.scalar(select(models.Generation.value))
        with writer.begin() as writing:
            writing.execute(update(models.Generation).values(value=2))
        with pytest.raises(OperationalError) as busy:
            stale.execute(update(models.Generation).values(value=3))
    assert store.is_busy(busy.value)


def test_error_texts_hold_no_parameters(writer: Engine) -> None:
    user = insert(models.User).values(username="ann", password_hash="hunter2")
    with writer.begin() as connection:
        connection.execute(user)
        with pytest.raises(IntegrityError) as twice:
            connection.execute(user)
    assert "ann" not in str(twice.value)
    assert "hunter2" not in str(twice.value)


# The tables


def test_times_are_kept_as_utc_and_given_aware(writer: Engine, path: Path) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with Session(writer) as session:
        session.add(models.User(username="ann", last_access=elsewhere))
        session.commit()
        ann = session.scalars(select(models.User)).one()
        assert (ann.last_access, ann.last_access and ann.last_access.tzinfo) == (NOW, UTC)
        assert ann.created_at.tzinfo is UTC
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT last_access FROM users").fetchone() == ("2026-05-04 12:30:15.123456",)


def test_naive_times_are_refused(writer: Engine) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        store.UTCDateTime().process_bind_param(naive, sqlite.dialect())
    with writer.connect() as connection, pytest.raises(StatementError) as refusal:
        connection.execute(insert(models.User).values(username="ann", last_access=naive))
    assert isinstance(refusal.value.orig, ValueError)


def test_defaults_are_the_closed_ones(writer: Engine) -> None:
    with Session(writer) as session:
        session.add_all([models.User(username="ann"), models.Service(name="mobile")])
        session.commit()
        ann, service = (
            session.scalars(select(models.User)).one(),
            session.scalars(select(models.Service)).one(),
        )
    assert (ann.auth, ann.lang, ann.administrator, ann.deleted) == ("manual", "en", False, False)
    assert (service.enabled, service.restricted, service.public, service.cors_origins) == (
        False,
        True,
        False,
        [],
    )


@pytest.mark.parametrize("table", ["users", "services", "tokens", "contexts", "calls"])
def test_an_id_that_others_remember_is_not_given_twice(writer: Engine, table: str) -> None:
    with writer.begin() as connection:
        fill(connection)
        last = connection.scalar(text(f"SELECT max(id) FROM {table}"))  # noqa: S608
        connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": last})  # noqa: S608
        values = ROWS[table] if table != "contexts" else {**ROWS[table], "instance_id": 78}
        assert insert_into(connection, table, values) == last + 1


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("tokens", {"kind": "other"}),
        ("role_capabilities", {"permission": 0}),
        ("generation", {"id": 2}),
        ("users", {"username": "first"}),
        ("tokens", {"user_id": 4711}),
    ],
)
def test_what_the_tables_refuse(writer: Engine, table: str, values: Mapping[str, Any]) -> None:
    with writer.connect() as connection:
        fill(connection)
        wrong = {**ROWS.get(table, {"value": 1}), **values}
        with pytest.raises(IntegrityError):
            insert_into(connection, table, wrong)


def test_a_user_takes_his_rows_along_but_not_his_records(writer: Engine) -> None:
    with writer.connect() as connection:
        fill(connection)
        connection.execute(delete(models.User))
        for model in (models.Token, models.LoginSession, models.AuthorisedUser, models.RoleAssignment):
            assert connection.scalar(select(func.count()).select_from(model)) == 0
        assert connection.scalar(select(models.CallRecord.user_id)) == 1


# The generation

ROWS: dict[str, dict[str, Any]] = {
    "users": {"username": "second"},
    "services": {"name": "second"},
    "service_functions": {"service_id": 1, "function": "second"},
    "authorised_users": {"service_id": 1, "user_id": 2},
    "sessions": {"digest": b"2" * 32, "user_id": 1, "expires_at": NOW},
    "tokens": {"digest": b"2" * 32, "prefix": "2" * 8, "kind": "random", "user_id": 1, "service_id": 1},
    "contexts": {"level": "course", "instance_id": 77, "parent_id": 1, "path": "/1/2"},
    "capabilities": {"name": "second", "component": "core", "title": "Second"},
    "roles": {"shortname": "second", "name": "Second", "sort_order": 2},
    "role_capabilities": {"role_id": 1, "capability": "second", "context_id": 1, "permission": 1},
    "role_assignments": {"role_id": 1, "user_id": 1, "context_id": 1},
    "settings": {"name": "second", "value": "2"},
    "counters": {"name": "second", "count": 2, "expires_at": 2},
    "calls": {
        "request_id": "2",
        "at": NOW,
        "protocol": "rest",
        "user_id": 1,
        "address": "::1",
        "outcome": "ok",
        "duration_us": 2,
    },
}

# What each table counts: I, U, D; and the columns that decide nothing.
COUNTS: dict[str, tuple[str, set[str]]] = {
    "users": ("UD", {"created_at", "last_access"}),
    "services": ("IUD", set()),
    "service_functions": ("IUD", set()),
    "authorised_users": ("IUD", set()),
    "tokens": ("UD", {"created_at", "last_access"}),
    "sessions": ("UD", set()),
    "contexts": ("UD", set()),
    "roles": ("UD", {"id", "name", "description", "sort_order"}),
    "role_capabilities": ("IUD", set()),
    "role_assignments": ("IUD", set()),
    "settings": ("IUD", set()),
    "capabilities": ("", set()),
    "counters": ("", set()),
    "calls": ("", set()),
}


def table_of(name: str) -> Table:
    return models.Base.metadata.tables[name]


def insert_into(connection: Connection, table: str, values: Mapping[str, Any]) -> Any:
    key = connection.execute(insert(table_of(table)).values(**values)).inserted_primary_key
    assert key is not None
    return key[0]


def fill(connection: Connection) -> None:
    """Put a row into every table: users and services have the ids that the others refer to."""
    insert_into(connection, "users", {"username": "first"})
    insert_into(connection, "services", {"name": "first"})
    insert_into(connection, "roles", {"shortname": "first", "name": "First", "sort_order": 1})
    for table, values in ROWS.items():
        insert_into(connection, table, values)


def unused(table: str) -> dict[str, Any]:
    """Values for one more row beside those of `fill`."""
    other = {
        "instance_id": 78,
        "function": "third",
        "capability": "third",
        "digest": b"3" * 32,
        "context_id": 2,
    }
    renamed = {"name": "third", "username": "third", "shortname": "third"}
    values = {column: {**other, **renamed}.get(column, value) for column, value in ROWS[table].items()}
    return {**values, "user_id": 1} if table == "authorised_users" else values


def moves(connection: Connection, statement: Any) -> bool:
    before = connection.scalar(select(models.Generation.value))
    connection.execute(statement)
    return connection.scalar(select(models.Generation.value)) != before


def test_the_listed_tables_are_all_there_are() -> None:
    assert set(COUNTS) | {"generation"} == {table.name for table in TABLES}


@pytest.mark.parametrize("table", sorted(COUNTS))
def test_the_generation_moves_with_what_decides_and_nothing_else(writer: Engine, table: str) -> None:
    events, idle = COUNTS[table]
    with writer.connect() as connection:
        fill(connection)
        assert moves(connection, insert(table_of(table)).values(**unused(table))) is ("I" in events)
        for column in table_of(table).columns:
            same = text(f'UPDATE {table} SET "{column.name}" = "{column.name}"')  # noqa: S608
            counted = "U" in events and column.name not in idle
            assert moves(connection, same) is counted, column
        assert moves(connection, delete(table_of(table)).where(text("rowid > 1"))) is ("D" in events)


def test_the_generation_moves_with_the_writers_transaction(engine: Engine, writer: Engine) -> None:
    with writer.connect() as connection:
        assert moves(connection, insert(models.Setting).values(name="a", value="1"))
        connection.rollback()
    assert scalar(engine, "SELECT value FROM generation") == 1


def test_bulk_sql_of_another_program_counts(engine: Engine, writer: Engine, path: Path) -> None:
    with writer.begin() as connection:
        fill(connection)
    before = scalar(engine, "SELECT value FROM generation")
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE users SET last_access = '2026-01-01 00:00:00.000000'")
        other.commit()
        assert scalar(engine, "SELECT value FROM generation") == before
        other.execute("UPDATE users SET suspended = 1")
        other.commit()
    assert scalar(engine, "SELECT value FROM generation") > before


def test_replacing_a_row_counts_as_deleting_it(writer: Engine) -> None:
    with writer.connect() as connection:
        insert_into(connection, "users", {"username": "ann"})
        replace = insert(models.User).prefix_with("OR REPLACE").values(username="ann", suspended=True)
        assert moves(connection, replace)


def test_triggers_can_be_dropped_and_made_again(writer: Engine) -> None:
    setting = insert(models.Setting).values(name="a", value="1")
    with writer.connect() as connection:
        store.drop_triggers(connection, ["settings"])
        assert not moves(connection, setting)
        store.create_triggers(connection, {"settings": store.Watch(insert=False, update=("value",))})
        assert not moves(connection, update(models.Setting).values(name="b"))
        assert moves(connection, update(models.Setting).values(value="2"))
        assert not moves(connection, setting)
        store.create_triggers(connection, {"settings": store.Watch(insert=False, update=False)})
        assert not moves(connection, update(models.Setting).values(value="3"))
        assert moves(connection, delete(models.Setting))


# Migrations


def component(
    folder: Path,
    label: str,
    number: int = 1,
    *,
    body: str = "",
    depends_on: str = "core_0001",
    revision: str = "",
) -> Path:
    """Write one version file of a component's branch; return the folder."""
    folder.mkdir(exist_ok=True)
    first = number == 1
    statement = body or f'op.create_table("{label}_{number}", sa.Column("id", sa.Integer, primary_key=True))'
    (folder / f"{number:04}.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision = {revision or f'{label}_{number:04}'!r}\n"
        f"down_revision = {None if first else f'{label}_{number - 1:04}'!r}\n"
        f"branch_labels = {(label,) if first else None!r}\n"
        f"depends_on = {depends_on or None!r}\n"
        f"def upgrade():\n    {statement}\n"
    )
    return folder


def schema(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        )
        return {name: sql for name, sql in rows if not name.startswith(("sqlite_", "alembic_"))}


def declared() -> dict[str, str]:
    made: list[tuple[str, CreateTable | CreateIndex]] = [(table.name, CreateTable(table)) for table in TABLES]
    made += [(str(index.name), CreateIndex(index)) for table in TABLES for index in table.indexes]
    return {name: str(ddl.compile(dialect=sqlite.dialect())).strip() for name, ddl in made}


def test_the_migrations_make_what_the_models_declare(engine: Engine) -> None:
    ours = {table.name for table in TABLES}

    def of_the_core(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in ours

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": of_the_core})
        core = MetaData(naming_convention=models.Base.metadata.naming_convention)
        for table in TABLES:
            table.to_metadata(core)
        assert compare_metadata(context, core) == []
    assert schema(engine) == declared(), "checks, AUTOINCREMENT and names too, which Alembic does not compare"


def test_the_first_rows_are_there(engine: Engine) -> None:
    with engine.connect() as connection:
        (context,) = connection.execute(select(table_of("contexts")))
        (generation,) = connection.execute(select(table_of("generation")))
    assert context == (1, "system", 0, None, "/1")
    assert generation == (1, 1)


def test_an_upgrade_is_pending_until_done_and_idempotent(bare: Engine) -> None:
    assert store.current(bare) == set()
    assert store.pending(bare, {})
    store.upgrade(bare, {})
    made = schema(bare)
    assert not store.pending(bare, {})
    store.upgrade(bare, {})
    assert schema(bare) == made
    assert store.current(bare) == {"core_0001"}


def test_an_upgrade_of_nothing_waits_for_no_writer(engine: Engine, writer: Engine, path: Path) -> None:
    hasty = store.create(f"sqlite:///{path}", busy_timeout=0.01)
    with writer.begin():
        store.upgrade(hasty, {})
    hasty.dispose()


def test_an_upgrade_that_waited_too_long_says_so(
    writer: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.migrate._PATIENCE_MS", 10)
    branches = {"courses": component(tmp_path / "courses", "courses")}
    with writer.begin(), pytest.raises(store.StoreError, match="another process is writing"):
        store.upgrade(writer, branches)
    store.upgrade(writer, branches)


def test_components_upgrade_beside_the_core(bare: Engine, tmp_path: Path) -> None:
    courses = component(tmp_path / "courses", "courses")
    enrolments = component(tmp_path / "100% of\tenrolments", "courses_enrol", depends_on="courses_0001")
    branches: dict[str, str | Path] = {"courses": courses, "courses_enrol": str(enrolments)}
    store.upgrade(bare, branches)
    assert {"users", "courses_1", "courses_enrol_1"} <= set(schema(bare))
    assert store.current(bare) == {"core_0001", "courses_0001", "courses_enrol_0001"}
    assert not store.pending(bare, branches)
    component(courses, "courses", 2)
    component(enrolments, "courses_enrol", 2, depends_on="courses_0002")
    assert store.pending(bare, branches)
    store.upgrade(bare, branches)
    store.upgrade(bare, branches)
    assert {"courses_2", "courses_enrol_2"} <= set(schema(bare))
    assert store.current(bare) == {"core_0001", "courses_0002", "courses_enrol_0002"}


def test_a_component_that_goes_and_comes_back_keeps_its_place(engine: Engine, tmp_path: Path) -> None:
    courses = component(tmp_path / "courses", "courses")
    store.upgrade(engine, {"courses": courses})
    assert not store.pending(engine, {})
    store.upgrade(engine, {})
    store.upgrade(engine, {"blog": component(tmp_path / "blog", "blog")})
    assert store.current(engine) == {"core_0001", "courses_0001", "blog_0001"}
    component(courses, "courses", 2)
    store.upgrade(engine, {"courses": courses})
    assert store.current(engine) == {"core_0001", "courses_0002", "blog_0001"}


@pytest.mark.parametrize("label", ["core", "courses"])
def test_a_database_of_a_newer_program_is_refused(engine: Engine, tmp_path: Path, label: str) -> None:
    branches = {"courses": component(tmp_path / "courses", "courses")}
    store.upgrade(engine, branches)
    with engine.begin() as connection:
        newer = "UPDATE alembic_version SET version_num = :new WHERE version_num = :old"
        connection.execute(text(newer), {"old": f"{label}_0001", "new": f"{label}_0009"})
    with pytest.raises(store.StoreError, match=f"newer program.*{label}_0009"):
        store.upgrade(engine, branches)


def test_a_failing_upgrade_leaves_nothing(bare: Engine, tmp_path: Path) -> None:
    wrong = component(tmp_path / "wrong", "wrong", body='op.execute("CREATE TABLE users (id INTEGER)")')
    with pytest.raises(DBAPIError):
        store.upgrade(bare, {"wrong": wrong})
    assert schema(bare) == {}
    assert store.current(bare) == set()


def test_rebuilding_a_table_deletes_no_rows_that_refer_to_it(writer: Engine, tmp_path: Path) -> None:
    with writer.begin() as connection:
        fill(connection)
    body = 'with op.batch_alter_table("users", recreate="always") as users: users.drop_column("lang")'
    store.upgrade(writer, {"slim": component(tmp_path / "slim", "slim", body=body)})
    assert scalar(writer, "SELECT count(*) FROM tokens") == 1
    assert scalar(writer, "PRAGMA foreign_keys") == 1


def test_a_migration_that_leaves_orphans_is_refused(writer: Engine, tmp_path: Path) -> None:
    with writer.begin() as connection:
        fill(connection)
    branches = {"rude": component(tmp_path / "rude", "rude", body='op.execute("DELETE FROM roles")')}
    with pytest.raises(store.StoreError, match="refer to rows that do not exist, the first from role_"):
        store.upgrade(writer, branches)
    assert scalar(writer, "SELECT count(*) FROM roles") == 2
    assert store.pending(writer, branches)


@pytest.mark.parametrize(
    ("label", "version", "sentence"),
    [
        ("core", {"number": 2}, "labelled core"),
        ("courses", {"revision": "0123abc"}, r"0123abc \(.*0001\.py\) must be named LABEL_NUMBER"),
        ("courses", {"depends_on": "blog_0001"}, "builds on blog_0001"),
        ("courses", {"depends_on": "courses_0001"}, "do not fit together"),
    ],
)
def test_version_files_that_do_not_fit_are_refused(
    bare: Engine, tmp_path: Path, label: str, version: dict[str, Any], sentence: str
) -> None:
    branches = {label: component(tmp_path / "wrong", label, **version)}
    for refused in (store.pending, store.upgrade):
        with pytest.raises(store.StoreError, match=sentence):
            refused(bare, branches)
    assert store.current(bare) == set()


def test_a_missing_folder_is_refused(bare: Engine, tmp_path: Path) -> None:
    with pytest.raises(store.StoreError, match="no folder"):
        store.upgrade(bare, {"courses": tmp_path / "none"})


def test_processes_that_start_together_upgrade_one_after_the_other(
    bare: Engine, path: Path, tmp_path: Path
) -> None:
    courses = component(tmp_path / "courses", "courses")
    program = (
        "import sys; from gateway import store\n"
        "sys.stdin.readline()\n"
        f"engine = store.create('sqlite:///{path}'); store.upgrade(engine, {{'courses': {str(courses)!r}}})\n"
        "engine.dispose()\n"
    )
    path.unlink()
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(store.__file__).parents[2],
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert errors == [""] * 3
    assert [process.returncode for process in started] == [0] * 3
    assert store.current(bare) == {"core_0001", "courses_0001"}


def test_threads_of_one_process_may_upgrade_at_once(tmp_path: Path) -> None:
    engines = [store.create(f"sqlite:///{tmp_path}/{number}.db") for number in (1, 2, 3, 4, 1, 2, 3, 4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        for done in [pool.submit(store.upgrade, engine, {}) for engine in engines]:
            done.result()
    for engine in engines:
        assert store.current(engine) == {"core_0001"}
        engine.dispose()


def test_the_way_back_is_not_offered() -> None:
    folder = ENVIRONMENT / "versions"
    names = [file.stem for file in folder.glob("[0-9]*.py")]
    assert names
    for name in names:
        version = importlib.import_module(f"gateway.store.migrations.versions.{name}")
        assert not hasattr(version, "downgrade")
    assert not hasattr(store, "downgrade")
    assert "downgrade" not in (ENVIRONMENT / "script.py.mako").read_text()


def test_a_new_version_file_can_be_made_from_the_template(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(tmp_path))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    made = script.generate_revision(
        "blog_0001", "Posts", head="base", version_path=str(tmp_path), branch_labels="blog"
    )
    assert made is not None
    assert (made.revision, made.branch_labels) == ("blog_0001", {"blog"})


CALL = CallRecord.metadata.tables["calls"]
RECORDS = [
    {"request_id": "1", "at": NOW, "address": "::1", "outcome": "ok", "duration_us": 2, "facts": None},
    {
        "request_id": "2",
        "at": NOW.astimezone(timezone(timedelta(hours=5))),
        "address": "10.0.0.1",
        "outcome": "accessexception",
        "duration_us": 3,
        "facts": {"token": {"id": 1, "prefix": "äöü"}, "refusals": ["'"]},
    },
]


def test_rows_in_bulk_are_what_sqlalchemy_writes(engine: Engine) -> None:
    columns = ("request_id", "at", "protocol", "address", "outcome", "duration_us", "facts")
    rows = [{"protocol": "rest", **each} for each in RECORDS]
    bulk = BulkInsert(engine, CALL, columns)
    with engine.execution_options(effect="write").begin() as connection:
        connection.execute(insert(CallRecord), rows)
        bulk.write(connection, [[row[name] for name in columns] for row in rows])
    with engine.connect() as connection:
        written = connection.exec_driver_sql("SELECT * FROM calls ORDER BY id").all()
    assert len(written) == 4
    assert [row[1:] for row in written[:2]] == [row[1:] for row in written[2:]]


def test_rows_in_bulk_come_in_the_tables_order(engine: Engine) -> None:
    with pytest.raises(ValueError, match="'request_id', 'at'"):
        BulkInsert(engine, CALL, ["at", "request_id"])
