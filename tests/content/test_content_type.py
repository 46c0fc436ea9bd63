from brimline.content.content_type import ContentType


def test_the_types_are_spelled_as_configuration_and_tables_spell_them() -> None:
    assert [str(kind) for kind in ContentType] == [
        "json",
        "log",
        "test_output",
        "diff",
        "search",
        "source",
        "prose",
        "html",
        "blob",
        "edit_echo",
        "plain",
    ]
