-- [create_table]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(20)
);

-- [create_table_if_not_exists]

CREATE TABLE pet (
    id INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS pet (
    id INTEGER NOT NULL
);

-- [drop_table]

DROP TABLE member;

-- [drop_table_if_exists]

DROP TABLE IF EXISTS pet;

-- [rename_table]

ALTER TABLE person RENAME TO people;

-- [table_comment]

-- refused, CommentUnsupportedError: SQLite has no comments on tables and columns, so there is none to set or remove. (table 'person')

-- [drop_table_comment]

-- refused, CommentUnsupportedError: SQLite has no comments on tables and columns, so there is none to set or remove. (table 'person')

-- [add_column]

ALTER TABLE person ADD COLUMN mail VARCHAR(20);

-- [add_column_not_null]

ALTER TABLE person ADD COLUMN legs INTEGER DEFAULT '2' NOT NULL;

-- [add_column_if_not_exists]

ALTER TABLE person ADD COLUMN IF NOT EXISTS age INTEGER;

-- [drop_column]

ALTER TABLE person DROP COLUMN age;

-- [drop_column_if_exists]

ALTER TABLE person DROP COLUMN IF EXISTS mail;

-- [rename_column]

ALTER TABLE person RENAME COLUMN age TO years;

-- [change_type]

-- refused, AlterUnsupportedError: No support for ALTER of a column's type in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (column 'age' of table 'person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [set_not_null]

-- refused, AlterUnsupportedError: No support for ALTER of a column's nullability in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (column 'name' of table 'person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_not_null]

-- refused, AlterUnsupportedError: No support for ALTER of a column's nullability in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (column 'born' of table 'person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [set_default]

-- refused, AlterUnsupportedError: No support for ALTER of a column's server default in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (column 'age' of table 'person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_default]

-- refused, AlterUnsupportedError: No support for ALTER of a column's server default in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (column 'pets' of table 'person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [column_comment]

-- refused, CommentUnsupportedError: SQLite has no comments on tables and columns, so there is none to set or remove. (column 'age' of table 'person')

-- [comments_of_a_new_table]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(9)
);

-- [create_primary_key]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'person', PrimaryKeyConstraint 'pk_person'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [create_unique_constraint]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'person', UniqueConstraint 'uq_person_name'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [create_check_constraint]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'person', CheckConstraint 'ck_person_age'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [create_foreign_key]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'person', ForeignKeyConstraint 'fk_person_team'). Use op.batch_alter_table('person'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_unique_constraint]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'member', UniqueConstraint 'uq_member_code'). Use op.batch_alter_table('member'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_check_constraint]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'member', CheckConstraint 'ck_member_id'). Use op.batch_alter_table('member'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_foreign_key]

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'member', ForeignKeyConstraint 'fk_member_team'). Use op.batch_alter_table('member'), which autogenerate writes with context.configure(render_as_batch=True).

-- [drop_primary_key]

DROP TABLE member;

-- refused, ConstraintUnsupportedError: No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy. (table 'team', PrimaryKeyConstraint 'pk_team'). Use op.batch_alter_table('team'), which autogenerate writes with context.configure(render_as_batch=True).

-- [create_index]

CREATE INDEX ix_person_age ON person (age, name);

-- [create_unique_index]

CREATE UNIQUE INDEX ix_person_age ON person (age);

-- [create_index_if_not_exists]

CREATE INDEX IF NOT EXISTS ix_member_id ON member (id);

-- [create_index_on_expression]

CREATE INDEX ix_person_lower ON person (lower(name));

-- [drop_index]

DROP INDEX ix_member_id;

-- [drop_index_if_exists]

DROP INDEX IF EXISTS ix_pet;

-- [identity]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(9)
);

-- [computed]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    twice INTEGER GENERATED ALWAYS AS (id * 2) STORED
);

-- [add_computed]

ALTER TABLE person ADD COLUMN twice INTEGER GENERATED ALWAYS AS (born * 2) STORED;

-- [bulk_insert]

INSERT INTO team (id) VALUES (1);

INSERT INTO team (id) VALUES (2);

-- [execute]

INSERT INTO team (id) VALUES (3);

-- [batch_add_column]

ALTER TABLE person ADD COLUMN mail VARCHAR(20);

-- [batch_change_type]

-- refused, ScriptReflectionError: This operation cannot proceed in --sql mode; batch mode with dialect sqlite requires a live database connection with which to reflect the table "person". To generate a batch SQL migration script using table "move and copy", a complete Table object should be passed to the "copy_from" argument of the batch_alter_table() method so that table reflection can be skipped.

-- [batch_create_unique_constraint]

-- refused, ScriptReflectionError: This operation cannot proceed in --sql mode; batch mode with dialect sqlite requires a live database connection with which to reflect the table "person". To generate a batch SQL migration script using table "move and copy", a complete Table object should be passed to the "copy_from" argument of the batch_alter_table() method so that table reflection can be skipped.

-- [batch_drop_constraint]

-- refused, ScriptReflectionError: This operation cannot proceed in --sql mode; batch mode with dialect sqlite requires a live database connection with which to reflect the table "member". To generate a batch SQL migration script using table "move and copy", a complete Table object should be passed to the "copy_from" argument of the batch_alter_table() method so that table reflection can be skipped.
