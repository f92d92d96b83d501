CREATE TABLE account (
    id INTEGER NOT NULL, 
    name VARCHAR(50) NOT NULL, 
    kind VARCHAR(1) DEFAULT 'a', 
    made DATETIME DEFAULT CURRENT_TIMESTAMP, 
    parent INTEGER, 
    twice INTEGER GENERATED ALWAYS AS (id * 2) STORED, 
    PRIMARY KEY (id), 
    CONSTRAINT uq_name UNIQUE (name), 
    CONSTRAINT ck_id CHECK (id > 0), 
    FOREIGN KEY(parent) REFERENCES account (id) ON DELETE CASCADE
);

CREATE INDEX ix_account_made ON account (made);

CREATE TABLE "My Schema"."Order" (
    "Id" BIGINT NOT NULL
);

ALTER TABLE account ADD COLUMN flag BOOLEAN DEFAULT 1 NOT NULL;

ALTER TABLE account ADD COLUMN note VARCHAR;

CREATE INDEX ix_account_note ON account (note);

ALTER TABLE s.account ADD COLUMN IF NOT EXISTS c INTEGER;

ALTER TABLE account ADD COLUMN o INTEGER REFERENCES o (id);

ALTER TABLE account ADD COLUMN k INTEGER NOT NULL PRIMARY KEY;

ALTER TABLE account DROP COLUMN flag;

ALTER TABLE s.account DROP COLUMN IF EXISTS flag;

ALTER TABLE account RENAME TO "Accounts";

ALTER TABLE s.account RENAME TO "Accounts";

CREATE UNIQUE INDEX s.ix ON "Accounts" (name, lower(note));

CREATE INDEX IF NOT EXISTS ix_where ON "Accounts" (name, note) WHERE name = 'x';

DROP INDEX s.ix;

DROP INDEX IF EXISTS ix_where;

ALTER TABLE account RENAME COLUMN a TO "B";

ALTER TABLE side.account RENAME COLUMN "a b" TO "select";

INSERT INTO account (id, name, made) VALUES (1, 'it''s 5% :x;', '2020-01-02');

INSERT INTO account (id, name) VALUES (2, NULL);

INSERT INTO account (name) VALUES ('x');

UPDATE account SET name = '5%';

UPDATE account SET name = ':x';

DELETE FROM account WHERE account.id = 1;

DROP TABLE IF EXISTS "Accounts";

