CREATE TYPE kind AS ENUM ('a', 'b');

CREATE TABLE account (
    id SERIAL NOT NULL, 
    name VARCHAR(50) NOT NULL, 
    kind kind DEFAULT 'a', 
    made TIMESTAMP WITH TIME ZONE DEFAULT now(), 
    parent INTEGER, 
    twice INTEGER GENERATED ALWAYS AS (id * 2) STORED, 
    PRIMARY KEY (id), 
    CONSTRAINT uq_name UNIQUE (name), 
    CONSTRAINT ck_id CHECK (id > 0), 
    FOREIGN KEY(parent) REFERENCES account (id) ON DELETE CASCADE
);

CREATE INDEX ix_account_made ON account (made);

COMMENT ON TABLE account IS 'accounts';

COMMENT ON COLUMN account.name IS 'it''s 5%';

CREATE TABLE "My Schema"."Order" (
    "Id" BIGINT GENERATED ALWAYS AS IDENTITY
);

ALTER TABLE account ADD COLUMN flag BOOLEAN DEFAULT true NOT NULL;

ALTER TABLE account ADD COLUMN note VARCHAR;

CREATE INDEX ix_account_note ON account (note);

COMMENT ON COLUMN account.note IS 'a note';

ALTER TABLE s.account ADD COLUMN IF NOT EXISTS c INTEGER;

ALTER TABLE account ADD COLUMN o INTEGER REFERENCES o (id);

ALTER TABLE account ADD COLUMN k SERIAL NOT NULL PRIMARY KEY;

ALTER TABLE account DROP COLUMN flag;

ALTER TABLE s.account DROP COLUMN IF EXISTS flag;

ALTER TABLE account RENAME TO "Accounts";

ALTER TABLE s.account RENAME TO "Accounts";

CREATE UNIQUE INDEX ix ON s."Accounts" (name, lower(note));

CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_where ON "Accounts" USING gin (name text_ops, note) INCLUDE (made, name) WITH (fillfactor = 50) WHERE name <> '5%';

DROP INDEX CONCURRENTLY s.ix;

DROP INDEX IF EXISTS ix_where;

INSERT INTO account (id, name, made) VALUES (1, 'it''s 5% :x;', '2020-01-02');

INSERT INTO account (id, name) VALUES (2, NULL);

INSERT INTO account (name) VALUES ('x');

UPDATE account SET name = '5%';

UPDATE account SET name = ':x';

DELETE FROM account WHERE account.id = 1;

DROP TABLE IF EXISTS "Accounts";

