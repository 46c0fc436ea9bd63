import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.content_type import ContentType
from brimline.content.shapes import has_changes, starts_numbered, type_of_shape

DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"a": [1, 2]}', ContentType.JSON),
        ('[{"a": 1}]\n', ContentType.JSON),
        ('{"a": 1}\n{"a": 2}\n{"a": 3}', ContentType.JSON),
        ('{"a": 1', None),
        ("[section]", None),
        ("[" * 100_000 + "]" * 100_000, ContentType.BLOB),
        ("<!DOCTYPE html>\n<html></html>", ContentType.HTML),
        ('<?xml version="1.0"?>\n<html/>', ContentType.HTML),
        (DIFF, ContentType.DIFF),
        ("@@ -1 +1 @@\n-a\n+b", ContentType.DIFF),
        ("diff --cc x\n@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b", ContentType.DIFF),
        ("=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS", ContentType.TEST_OUTPUT),
        ("===== 3 passed in 0.02s =====", ContentType.TEST_OUTPUT),
        ("running 2 tests\ntest a ... ok", ContentType.TEST_OUTPUT),
        ("     1→package x\n     2→\n     3→func y()", ContentType.SOURCE),
        ("1\tname: x\n2\ton: push", ContentType.SOURCE),
        ("src/a.py:3:def f():\nsrc/a.py-4-    pass\n--\nsrc/b.py:9:x", ContentType.SEARCH),
        ("12:30:01 started\n12:30:02 stopped", ContentType.LOG),
        ("A" * 5000, ContentType.BLOB),
        ("# Title\n\nThis is a sentence with some words in it.\n\n- a point", ContentType.PROSE),
        ("x\ny\nz", None),
        ("", None),
    ],
)
def test_a_text_is_told_by_its_shape(text: str, shape: ContentType | None) -> None:
    assert type_of_shape(text) is shape


def test_the_first_line_tells_a_numbered_file() -> None:
    assert starts_numbered("\n    12→x\nreminder\nreminder")
    assert not starts_numbered("File does not exist.")


def test_changes_are_told_from_statistics() -> None:
    assert has_changes(DIFF)
    assert has_changes("3c3\n< a\n---\n> b")
    assert not has_changes(" a.go | 5 +++--\n 1 file changed")


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_has_a_shape_or_none(text: str) -> None:
    assert type_of_shape(text) in {None, *ContentType}
