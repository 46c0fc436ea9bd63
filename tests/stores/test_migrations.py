import sqlite3
from collections.abc import Iterator

import pytest

from brimline.stores import migrations
from brimline.stores.migrations import MIGRATIONS, migrate


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def applied(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM migrations ORDER BY name")]


def test_every_step_is_applied_once_and_recorded_by_name(database: sqlite3.Connection) -> None:
    migrate(database)
    migrate(database)

    assert applied(database) == [step.__name__ for step in MIGRATIONS]


def test_names_of_steps_are_in_their_order() -> None:
    names = [step.__name__ for step in MIGRATIONS]

    assert names == sorted(set(names))


def test_an_older_index_gets_only_the_steps_it_lacks(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database)

    def m999_more(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE more (x)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, m999_more))
    migrate(database)

    assert applied(database)[-1] == "m999_more"


def test_a_step_that_fails_leaves_nothing_behind(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m999_fails(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE half (x)")
        database.execute("no SQL")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, m999_fails))
    with pytest.raises(sqlite3.OperationalError):
        migrate(database)

    assert applied(database) == []
    assert database.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall() == []


def test_an_index_of_another_version_is_refused(database: sqlite3.Connection) -> None:
    migrate(database)
    database.execute("INSERT INTO migrations VALUES ('m777_future')")

    with pytest.raises(sqlite3.DatabaseError, match="another version of brimline \\(m777_future\\)"):
        migrate(database)
