"""Alembic's environment. The folder `versions` holds the core's migrations; components have folders of their own.

How a version is written, in the core and in components:

- Its revision is the branch's label, "_" and a number (`core_0002`, `courses_0001`), so that the row it leaves in
  the database tells whose it is when the component is gone.
- A component's first revision has `branch_labels = ("LABEL",)`, no `down_revision`, and `depends_on` naming the
  core revision whose tables it refers to.
- All constraints are named by hand, as `Base.metadata.naming_convention` would (a CHECK's name in `op.f()`, or the
  convention prefixes it again), and models are not imported: the file must mean the same for ever.
- It runs inside the one transaction of the upgrade, with foreign keys off; they are checked at the end. It commits
  nothing. There is no `downgrade`: who wants the old tables back restores the backup made before.
- `op.batch_alter_table` builds a table anew. It loses the triggers: call `create_triggers` again, with the new
  columns that decide. And it loses AUTOINCREMENT unless told
  `table_kwargs={"sqlite_autoincrement": True}`, and in any case the highest id given if that row is gone: prefer
  `op.add_column`, which does neither.
"""
