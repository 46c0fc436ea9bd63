"""Each kind of thing counts where the design's table says it does."""

from pathlib import Path

import pytest

from brimline.core.resource import PLACES, Category, Kind, Resource
from brimline.core.tokens import Provenance

DESIGN = Path(__file__).parents[2] / "docs" / "design" / "index.md"

TABLE = {
    ("System", "system/prompt"): {"system prompt", "built-in tool", "residual"},
    ("System", "system/modes"): {"memory file", "mode", "reminder"},
    ("System", "system/symbols"): {"symbol definitions"},
    ("MCPs", "dynamic/mcp"): {"MCP server"},
    ("Skills", "dynamic/skills"): {"skill listing", "skill body"},
    ("Agents", "dynamic/agents"): {"agent"},
    ("Messages", "working/conversation"): {
        "user text",
        "assistant text",
        "thinking",
        "tool call",
        "compaction summary",
    },
    ("Context", "working/context"): {"file"},
    ("Context", "working/buffer"): {"tool result"},
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_counts_where_the_table_says(kind: Kind) -> None:
    (place,) = [place for place, kinds in TABLE.items() if kind in kinds]

    assert (kind.category, kind.pool) == place


def test_each_row_of_the_designs_table_is_a_pool_that_some_kind_fills() -> None:
    rows = DESIGN.read_text(encoding="utf-8").partition("### What counts where")[2].splitlines()
    told = {cells[3] for row in rows if len(cells := [cell.strip() for cell in row.split("|")]) > 4}

    assert {place.pool for place in PLACES.values()} <= told


def test_no_kind_is_without_a_place() -> None:
    assert set(PLACES) == set(Kind)


def test_only_tool_results_are_temporary() -> None:
    assert [kind for kind in Kind if kind.temporary] == [Kind.TOOL_RESULT]


def test_the_categories_come_in_the_order_they_are_shown() -> None:
    assert [*Category] == ["System", "MCPs", "Skills", "Agents", "Messages", "Context"]


def test_a_resource_is_exact_and_may_be_let_go_unless_it_says_otherwise() -> None:
    resource = Resource(Kind.FILE, "a.py", 10)

    assert resource.provenance is Provenance.EXACT
    assert not resource.pinned
    assert not resource.essential
    assert (resource.turn, resource.uses, resource.last_used, resource.locator) == (0, 0, None, None)
