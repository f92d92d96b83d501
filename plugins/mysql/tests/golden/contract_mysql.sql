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

DROP TABLE `member`;

-- [drop_table_if_exists]

DROP TABLE IF EXISTS pet;

-- [rename_table]

ALTER TABLE person RENAME TO people;

-- [table_comment]

ALTER TABLE person COMMENT 'it''s 5%';

-- [drop_table_comment]

ALTER TABLE person COMMENT 'somebody';

ALTER TABLE person COMMENT '';

-- [add_column]

ALTER TABLE person ADD COLUMN mail VARCHAR(20);

-- [add_column_not_null]

ALTER TABLE person ADD COLUMN legs INTEGER NOT NULL DEFAULT '2';

-- [add_column_if_not_exists]

ALTER TABLE person ADD COLUMN IF NOT EXISTS age INTEGER;

-- [drop_column]

ALTER TABLE person DROP COLUMN age;

-- [drop_column_if_exists]

ALTER TABLE person DROP COLUMN IF EXISTS mail;

-- [rename_column]

ALTER TABLE person CHANGE age years INTEGER NULL;

-- [change_type]

ALTER TABLE person MODIFY age BIGINT NULL;

-- [set_not_null]

ALTER TABLE person MODIFY name VARCHAR(50) NOT NULL;

-- [drop_not_null]

ALTER TABLE person MODIFY born INTEGER NULL;

-- [set_default]

ALTER TABLE person ALTER COLUMN age SET DEFAULT '7';

-- [drop_default]

ALTER TABLE person ALTER COLUMN pets DROP DEFAULT;

-- [column_comment]

ALTER TABLE person MODIFY age INTEGER NULL COMMENT 'years';

-- [comments_of_a_new_table]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(9) COMMENT 'short'
)COMMENT='pets';

-- [create_primary_key]

ALTER TABLE person ADD CONSTRAINT pk_person PRIMARY KEY (id);

-- [create_unique_constraint]

ALTER TABLE person ADD CONSTRAINT uq_person_name UNIQUE (name);

-- [create_check_constraint]

ALTER TABLE person ADD CONSTRAINT ck_person_age CHECK (age >= 0);

-- [create_foreign_key]

ALTER TABLE person ADD CONSTRAINT fk_person_team FOREIGN KEY(age) REFERENCES team (id);

-- [drop_unique_constraint]

ALTER TABLE `member` DROP INDEX uq_member_code;

-- [drop_check_constraint]

ALTER TABLE `member` DROP CHECK ck_member_id;

-- [drop_foreign_key]

ALTER TABLE `member` DROP FOREIGN KEY fk_member_team;

-- [drop_primary_key]

DROP TABLE `member`;

ALTER TABLE team DROP PRIMARY KEY;

-- [create_index]

CREATE INDEX ix_person_age ON person (age, name);

-- [create_unique_index]

CREATE UNIQUE INDEX ix_person_age ON person (age);

-- [create_index_if_not_exists]

CREATE INDEX IF NOT EXISTS ix_member_id ON `member` (id);

-- [create_index_on_expression]

CREATE INDEX ix_person_lower ON person ((lower(name)));

-- [drop_index]

DROP INDEX ix_member_id ON `member`;

-- [drop_index_if_exists]

DROP INDEX IF EXISTS ix_pet ON `member`;

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

ALTER TABLE person MODIFY age BIGINT NULL;

-- [batch_create_unique_constraint]

ALTER TABLE person ADD CONSTRAINT uq_person_name UNIQUE (name);

-- [batch_drop_constraint]

ALTER TABLE `member` DROP INDEX uq_member_code;
