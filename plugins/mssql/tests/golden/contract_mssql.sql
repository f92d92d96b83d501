-- [create_table]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(20) NULL
);

GO

-- [create_table_if_not_exists]

CREATE TABLE pet (
    id INTEGER NOT NULL
);

GO

if object_id('pet', 'U') is null
CREATE TABLE pet (
    id INTEGER NOT NULL
);

GO

-- [drop_table]

DROP TABLE member;

GO

-- [drop_table_if_exists]

DROP TABLE IF EXISTS pet;

GO

-- [rename_table]

EXEC sp_rename 'person', people;

GO

-- [table_comment]

execute sp_addextendedproperty 'MS_Description', N'it''s 5%', 'schema', dbo, 'table', person;

GO

-- [drop_table_comment]

execute sp_addextendedproperty 'MS_Description', N'somebody', 'schema', dbo, 'table', person;

GO

execute sp_dropextendedproperty 'MS_Description', 'schema', dbo, 'table', person;

GO

-- [add_column]

ALTER TABLE person ADD mail VARCHAR(20) NULL;

GO

-- [add_column_not_null]

ALTER TABLE person ADD legs INTEGER NOT NULL DEFAULT '2';

GO

-- [add_column_if_not_exists]

if not exists (select 1 from sys.columns where object_id = object_id('person') and [name] = 'age')
ALTER TABLE person ADD age INTEGER NULL;

GO

-- [drop_column]

ALTER TABLE person DROP COLUMN age;

GO

-- [drop_column_if_exists]

ALTER TABLE person DROP COLUMN IF EXISTS mail;

GO

-- [rename_column]

EXEC sp_rename 'person.age', years, 'COLUMN';

GO

-- [change_type]

ALTER TABLE person ALTER COLUMN age BIGINT;

GO
-- warns: MS-SQL ALTER COLUMN operations that specify type_= should also specify a nullable= or existing_nullable= argument to avoid implicit conversion of NOT NULL columns to NULL. (column 'age' of table 'person')

-- [set_not_null]

ALTER TABLE person ALTER COLUMN name VARCHAR(50) NOT NULL;

GO

-- [drop_not_null]

ALTER TABLE person ALTER COLUMN born INTEGER NULL;

GO

-- [set_default]

ALTER TABLE person ADD DEFAULT '7' FOR age;

GO

-- [drop_default]

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.default_constraints
where parent_object_id = object_id('person')
and col_name(parent_object_id, parent_column_id) = 'pets'
exec('alter table person drop constraint ' + @const_name);

GO

-- [column_comment]

exec sp_addextendedproperty 'MS_Description', N'years', 'schema', dbo, 'table', person, 'column', age;

GO

-- [comments_of_a_new_table]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    name VARCHAR(9) NULL
);

GO

execute sp_addextendedproperty 'MS_Description', N'pets', 'schema', dbo, 'table', pet;

GO

execute sp_addextendedproperty 'MS_Description', N'short', 'schema', dbo, 'table', pet, 'column', name;

GO

-- [create_primary_key]

ALTER TABLE person ADD CONSTRAINT pk_person PRIMARY KEY (id);

GO

-- [create_unique_constraint]

ALTER TABLE person ADD CONSTRAINT uq_person_name UNIQUE (name);

GO

-- [create_check_constraint]

ALTER TABLE person ADD CONSTRAINT ck_person_age CHECK (age >= 0);

GO

-- [create_foreign_key]

ALTER TABLE person ADD CONSTRAINT fk_person_team FOREIGN KEY(age) REFERENCES team (id);

GO

-- [drop_unique_constraint]

ALTER TABLE member DROP CONSTRAINT uq_member_code;

GO

-- [drop_check_constraint]

ALTER TABLE member DROP CONSTRAINT ck_member_id;

GO

-- [drop_foreign_key]

ALTER TABLE member DROP CONSTRAINT fk_member_team;

GO

-- [drop_primary_key]

DROP TABLE member;

GO

ALTER TABLE team DROP CONSTRAINT pk_team;

GO

-- [create_index]

CREATE INDEX ix_person_age ON person (age, name);

GO

-- [create_unique_index]

CREATE UNIQUE INDEX ix_person_age ON person (age);

GO

-- [create_index_if_not_exists]

if not exists (select 1 from sys.indexes where object_id = object_id('member') and [name] = 'ix_member_id')
CREATE INDEX ix_member_id ON member (id);

GO

-- [create_index_on_expression]

CREATE INDEX ix_person_lower ON person (lower(name));

GO

-- [drop_index]

DROP INDEX ix_member_id ON member;

GO

-- [drop_index_if_exists]

DROP INDEX IF EXISTS ix_pet ON member;

GO

-- [identity]

CREATE TABLE pet (
    id INTEGER NOT NULL IDENTITY(40,1), 
    name VARCHAR(9) NULL
);

GO

-- [computed]

CREATE TABLE pet (
    id INTEGER NOT NULL, 
    twice AS (id * 2) PERSISTED
);

GO

-- [add_computed]

ALTER TABLE person ADD twice AS (born * 2) PERSISTED;

GO

-- [bulk_insert]

SET IDENTITY_INSERT team ON;

GO

INSERT INTO team (id) VALUES (1);

GO

INSERT INTO team (id) VALUES (2);

GO

SET IDENTITY_INSERT team OFF;

GO

-- [execute]

INSERT INTO team (id) VALUES (3);

GO

-- [batch_add_column]

ALTER TABLE person ADD mail VARCHAR(20) NULL;

GO

-- [batch_change_type]

ALTER TABLE person ALTER COLUMN age BIGINT;

GO
-- warns: MS-SQL ALTER COLUMN operations that specify type_= should also specify a nullable= or existing_nullable= argument to avoid implicit conversion of NOT NULL columns to NULL. (column 'age' of table 'person')

-- [batch_create_unique_constraint]

ALTER TABLE person ADD CONSTRAINT uq_person_name UNIQUE (name);

GO

-- [batch_drop_constraint]

ALTER TABLE member DROP CONSTRAINT uq_member_code;

GO
