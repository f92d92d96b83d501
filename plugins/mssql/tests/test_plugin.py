"""The plugin's answers to the core's questions."""

from __future__ import annotations

from idiolect.ddl.mssql import MSSQLImpl as Documented
from idiolect.hooks import DialectRules, OfflineTransaction
from idiolect_mssql import plugin
from idiolect_mssql.impl import MSSQLImpl
from idiolect_mssql.plugin import MssqlJournal


class OwnImpl(MSSQLImpl):
    """A user's impl without ``__dialect__``."""

    transactional_ddl = False
    batch_separator = "RUN"


def test_the_impl_is_the_plugins_own() -> None:
    """The plugin returns its impl class, which the documented path exports as well."""
    assert MSSQLImpl is plugin.get_impl_class()
    assert MSSQLImpl is Documented


def test_the_rules_are_those_of_sql_server() -> None:
    """Transactions take DDL, a script is cut at GO, and opens transactions by name."""
    assert plugin.transactional_ddl(MSSQLImpl)
    assert ";" == plugin.statement_terminator(MSSQLImpl)
    assert "GO" == plugin.batch_separator(MSSQLImpl, {})
    assert OfflineTransaction(begin="BEGIN TRANSACTION") == plugin.offline_transaction()
    assert "AUTOCOMMIT" == plugin.autocommit_level()


def test_a_users_class_and_options_decide() -> None:
    """Facts are read from the class, and the option wins over it."""
    assert not plugin.transactional_ddl(OwnImpl)
    assert "RUN" == plugin.batch_separator(OwnImpl, {})
    assert "BYE" == plugin.batch_separator(OwnImpl, {"mssql_batch_separator": "BYE"})


def test_the_words_around_one_statement() -> None:
    """BEGIN alone would start a block of T-SQL."""
    support = plugin.statement_journal(DialectRules(transactional_ddl=True))
    assert isinstance(support, MssqlJournal)
    assert {"TRANSACTION"} == {words.split()[1] for words in support.transaction or ()}
    assert not support.ddl_commits
    assert plugin.statement_journal(DialectRules(transactional_ddl=False)) is False
