BEGIN TRANSACTION;

CREATE TABLE account (
    id INTEGER NOT NULL IDENTITY(3,1), 
    name VARCHAR(50) NOT NULL, 
    kind VARCHAR(1) NULL DEFAULT 'a', 
    made DATETIME NULL DEFAULT CURRENT_TIMESTAMP, 
    parent INTEGER NULL, 
    twice AS (id * 2) PERSISTED, 
    price NUMERIC(10, 2) NULL DEFAULT 0, 
    note TEXT NULL, 
    title NVARCHAR(20) NULL, 
    [key] UNIQUEIDENTIFIER NULL, 
    data IMAGE NULL, 
    [on] BIT NULL, 
    PRIMARY KEY (id), 
    CONSTRAINT uq_name UNIQUE NONCLUSTERED (name), 
    CONSTRAINT ck_id CHECK (id > 0), 
    CONSTRAINT kind CHECK (kind IN ('a', 'b')), 
    FOREIGN KEY(parent) REFERENCES account (id)
);

GO

CREATE INDEX ix_account_made ON account (made);

GO

execute sp_addextendedproperty 'MS_Description', N'accounts; of all', 'schema', dbo, 'table', account;

GO

execute sp_addextendedproperty 'MS_Description', N'it''s 5%', 'schema', dbo, 'table', account, 'column', name;

GO

CREATE TABLE [My Schema].[Order] (
    [Id] BIGINT NOT NULL IDENTITY, 
    PRIMARY KEY ([Id])
);

GO

if object_id('there', 'U') is null
CREATE TABLE there (
    id INTEGER NULL
);

GO

EXEC sp_rename 's.account', [My Accounts];

GO

execute sp_addextendedproperty 'MS_Description', N'it''s 5', 'schema', s, 'table', account;

GO

execute sp_dropextendedproperty 'MS_Description', 'schema', dbo, 'table', account;

GO

DROP TABLE account;

GO

DROP TABLE IF EXISTS account;

GO

ALTER TABLE account ADD flag INTEGER NOT NULL DEFAULT 1;

GO

ALTER TABLE account ADD note NVARCHAR(9) NULL;

GO

CREATE INDEX ix_account_note ON account (note);

GO

execute sp_addextendedproperty 'MS_Description', N'a note', 'schema', dbo, 'table', account, 'column', note;

GO

ALTER TABLE s.account ADD c INTEGER NULL CONSTRAINT ck CHECK (c > 1);

GO

ALTER TABLE account ADD f INTEGER NULL;

GO

ALTER TABLE account ADD CONSTRAINT fk FOREIGN KEY(f) REFERENCES o (id);

GO

ALTER TABLE account ADD o INTEGER NULL REFERENCES o (id);

GO

ALTER TABLE account ADD k INTEGER NOT NULL IDENTITY PRIMARY KEY;

GO

ALTER TABLE account ADD i INTEGER NOT NULL IDENTITY(1,2);

GO

ALTER TABLE account ADD v AS (k + 1);

GO

if not exists (select 1 from sys.columns where object_id = object_id('[My Schema].[a''b]') and [name] = 'c]d')
ALTER TABLE [My Schema].[a'b] ADD [c]]d] INTEGER NULL;

GO

ALTER TABLE account DROP COLUMN IF EXISTS flag;

GO

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.default_constraints
where parent_object_id = object_id('s.account')
and col_name(parent_object_id, parent_column_id) = 'My Flag'
exec('alter table s.account drop constraint ' + @const_name);

GO

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.check_constraints
where parent_object_id = object_id('s.account')
and col_name(parent_object_id, parent_column_id) = 'My Flag'
exec('alter table s.account drop constraint ' + @const_name);

GO

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from
sys.foreign_keys fk join sys.foreign_key_columns fkc
on fk.object_id=fkc.constraint_object_id
where fkc.parent_object_id = object_id('s.account')
and col_name(fkc.parent_object_id, fkc.parent_column_id) = 'My Flag'
exec('alter table s.account drop constraint ' + @const_name);

GO

ALTER TABLE s.account DROP COLUMN [My Flag];

GO

CREATE UNIQUE INDEX ix ON s.account (name, note DESC);

GO

CREATE CLUSTERED INDEX ix_b ON account (a) INCLUDE ([b c]);

GO

if not exists (select 1 from sys.indexes where object_id = object_id('account') and [name] = 'ix_w')
CREATE INDEX ix_w ON account (a) WHERE a > 1;

GO

CREATE COLUMNSTORE INDEX ix_c ON account (a);

GO

DROP INDEX ix ON s.[My Accounts];

GO

DROP INDEX IF EXISTS ix ON account;

GO

ALTER TABLE s.[Order] ADD CONSTRAINT pk_o PRIMARY KEY (a, [B]);

GO

ALTER TABLE s.[Order] ADD CONSTRAINT fk_o FOREIGN KEY(a, [B]) REFERENCES [My Schema].account (id, [Id]) ON DELETE SET NULL ON UPDATE CASCADE;

GO

ALTER TABLE account ADD CONSTRAINT uq_a UNIQUE (a);

GO

ALTER TABLE account ADD CONSTRAINT ck_a CHECK ([A] > 5);

GO

ALTER TABLE account ADD CONSTRAINT ck_b CHECK (b <> 'a' + CHAR(10) + 'GO
b;');

GO

ALTER TABLE account DROP CONSTRAINT ck_a;

GO

ALTER TABLE s.[Order] DROP CONSTRAINT fk_o;

GO

ALTER TABLE account DROP CONSTRAINT IF EXISTS uq_a;

GO

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.default_constraints
where parent_object_id = object_id('account')
and col_name(parent_object_id, parent_column_id) = 'a'
exec('alter table account drop constraint ' + @const_name);

GO

ALTER TABLE account ALTER COLUMN a NVARCHAR(5) NOT NULL;

GO

ALTER TABLE account ADD DEFAULT 'it''s' FOR a;

GO

EXEC sp_rename 'account.a', [B c], 'COLUMN';

GO

ALTER TABLE s.account ALTER COLUMN a VARCHAR(5) NULL;

GO

exec sp_addextendedproperty 'MS_Description', N'it''s', 'schema', dbo, 'table', account, 'column', a;

GO

exec sp_updateextendedproperty 'MS_Description', N'new', 'schema', s, 'table', account, 'column', a;

GO

exec sp_dropextendedproperty 'MS_Description', 'schema', dbo, 'table', account, 'column', a;

GO

ALTER TABLE account ADD DEFAULT getdate() FOR a;

GO

declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.default_constraints
where parent_object_id = object_id('account')
and col_name(parent_object_id, parent_column_id) = 'a'
exec('alter table account drop constraint ' + @const_name);

GO

ALTER TABLE account DROP CONSTRAINT old;

GO

ALTER TABLE account ALTER COLUMN a VARCHAR(1) NOT NULL;

GO

ALTER TABLE account ADD CONSTRAINT en CHECK (a IN ('a', 'b'));

GO

SET IDENTITY_INSERT account ON;

GO

INSERT INTO account (id, name, made) VALUES (1, N'it''s 5% :x;', '2020-01-02');

GO

INSERT INTO account (id, name, seen, [on]) VALUES (2, NULL, '2020-01-02 03:04:05', 1);

GO

INSERT INTO account (name) VALUES ('x');

GO

INSERT INTO account (name) VALUES (N'a' + CHAR(10) + N'GO
b;' + CHAR(10) + N' go 5 
/
z');

GO

SET IDENTITY_INSERT account OFF;

GO

UPDATE account SET name = '5%';

GO

UPDATE account SET name='y';

GO

DELETE FROM account WHERE account.id = 1;

GO

GO

CREATE SCHEMA [My Schema];

GO

GO

CREATE OR ALTER VIEW v AS
SELECT a

FROM account;;

GO

GO

CREATE PROCEDURE tidy AS
BEGIN
  DELETE FROM session_;
  PRINT 'a' + CHAR(10) + 'GO
b';
END;

GO

GO

CREATE FUNCTION twice(@n int) RETURNS int AS
BEGIN
  RETURN @n * 2;
END;

GO

GO

/* of */ CREATE TRIGGER g ON account AFTER INSERT AS
  DELETE FROM x;;

GO

DROP VIEW v;;

GO

COMMIT;

GO

