from brimline.core.requests import Request
from brimline.stores.requests_table import as_json
from brimline.stores.sessions_index import memory_index


def test_values_reach_sql_whatever_they_are_made_of() -> None:
    values = ["plain", "it's", 'a "quote"', "ü\u2028", ""]
    index = memory_index()

    rows = index._database.execute("SELECT value FROM json_each(?)", (as_json(values),)).fetchall()

    assert [value for (value,) in rows] == values
    index.close()


def test_the_table_holds_every_field_of_a_request() -> None:
    index = memory_index()

    columns = [row[1] for row in index._database.execute("PRAGMA table_info(requests)")]

    assert columns == [*Request._fields, "file_id", "counted", "cost_usd"]
    index.close()
