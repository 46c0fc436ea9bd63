"""What fills a window: every block on its own line, reconciled to what was reported."""

from pathlib import Path

import pytest
from tests.adapters.claude_code.building import (
    OLD_OPUS,
    OPUS,
    Json,
    Transcript,
    call,
    resources_of,
    result,
    text,
    thinking,
    tokens_of,
)

from brimline.adapters.claude_code.composition import CLEARED_TOKENS, Composition
from brimline.core.resource import Category, Kind
from brimline.tokenizers.meter import meter_for

METER = meter_for(OPUS)


@pytest.fixture
def transcript(tmp_path: Path) -> Transcript:
    return Transcript(tmp_path / "session.jsonl")


def sum_of(window: Composition) -> int:
    return sum(resource.tokens for resource in window.resources)


# ------------------------------------------------------------------------------------ reconciliation
def test_accounted_and_residual_are_the_reported_window_at_the_first_request(transcript: Transcript) -> None:
    transcript.user("a question of some length")
    transcript.answer(held=20_000)

    window = transcript.window()

    assert window.accounted_tokens + window.residual_tokens == window.reported_tokens == 20_000
    assert (window.error_tokens, window.error_share, window.base_turn) == (0, 0.0, 1)
    assert sum_of(window) == 20_000


def test_the_residual_stays_between_cuts_so_that_the_error_is_a_real_one(transcript: Transcript) -> None:
    transcript.user("first")
    transcript.answer(held=20_000, output=10)
    transcript.user("second")
    transcript.answer(held=25_000, output=10)

    first, second = transcript.window(1), transcript.window(2)

    assert second.residual_tokens == first.residual_tokens
    assert second.error_tokens == -(
        25_000 - 20_000 - 10 - (second.accounted_tokens - first.accounted_tokens - 10)
    )
    assert second.error_share == pytest.approx(abs(second.error_tokens) / 25_000)


@pytest.mark.parametrize("cut", ["compaction", "micro-compaction", "fresh start"])
def test_the_residual_is_fixed_anew_right_after_each_cut(transcript: Transcript, cut: str) -> None:
    transcript.user("first")
    transcript.answer(held=160_000, output=10)
    if cut == "compaction":
        transcript.compact(preTokens=155_598)
    elif cut == "micro-compaction":
        transcript.add("system", {"subtype": "microcompact_boundary", "microcompactMetadata": {}})
    transcript.user("second", parent=None if cut == "fresh start" else "")
    transcript.answer(held=30_000, output=10)
    transcript.user("third")
    transcript.answer(held=31_000, output=10)

    before, after, later = (transcript.window(turn) for turn in (1, 2, 3))

    assert (before.error_tokens, after.error_tokens) == (0, 0)
    assert (after.base_turn, later.base_turn) == (2, 2)
    assert later.residual_tokens == after.residual_tokens != before.residual_tokens


# ----------------------------------------------------------------------------- what counts where
MEMORY: Json = {"path": "/CLAUDE.md", "content": {"content": "Be kind."}}
ATTACHED: list[tuple[str, Json, Category, list[str]]] = [
    ("skill_listing", {"content": "- pdf: Forms\n- docx: Texts"}, Category.SKILLS, ["pdf", "docx"]),
    (
        "agent_listing_delta",
        {"addedTypes": ["Explore", "Plan"], "addedLines": ["- Explore: looks", "- Plan: thinks"]},
        Category.AGENTS,
        ["Explore", "Plan"],
    ),
    (
        "deferred_tools_delta",
        {"addedNames": ["mcp__gh__a", "mcp__db__b"], "addedLines": ["mcp__gh__a", "mcp__db__b"]},
        Category.MCPS,
        ["gh", "db"],
    ),
    ("mcp_instructions_delta", {"addedNames": ["gh"], "addedBlocks": ["Use it."]}, Category.MCPS, ["gh"]),
    ("nested_memory", MEMORY, Category.SYSTEM, ["/CLAUDE.md"]),
    ("task_reminder", {"content": []}, Category.SYSTEM, ["Task reminders"]),
    (
        "hook_additional_context",
        {"hookEvent": "PostToolUse", "hookName": "x", "content": ["note"]},
        Category.SYSTEM,
        ["Hook PostToolUse"],
    ),
    (
        "hook_success",
        {"hookEvent": "SessionStart", "hookName": "SessionStart:startup", "content": "note"},
        Category.SYSTEM,
        ["Hook SessionStart"],
    ),
    (
        "file",
        {"filename": "/a.py", "content": {"type": "text", "file": {"content": "x = 1"}}},
        Category.CONTEXT,
        ["/a.py"],
    ),
    ("edited_text_file", {"filename": "/a.py", "snippet": "1\tx = 2"}, Category.CONTEXT, ["/a.py"]),
    ("compact_file_reference", {"filename": "/a.py"}, Category.CONTEXT, ["/a.py"]),
    ("queued_command", {"prompt": "and this"}, Category.MESSAGES, ["User messages"]),
    (
        "queued_command",
        {"prompt": "<task-notification>", "commandMode": "task-notification"},
        Category.MESSAGES,
        ["Task notifications"],
    ),
]


@pytest.mark.parametrize(("kind", "fields", "category", "names"), ATTACHED)
def test_an_attachment_counts_on_its_category_by_name(
    transcript: Transcript, kind: str, fields: Json, category: Category, names: list[str]
) -> None:
    transcript.add("attachment", {"attachment": {"type": kind, **fields}})
    transcript.answer(held=20_000)
    window = transcript.window()

    found = [resource for resource in resources_of(window, category) if resource.kind is not Kind.RESIDUAL]

    assert list(dict.fromkeys(resource.name for resource in found)) == names
    assert sum(resource.tokens for resource in found) == window.accounted_tokens > 0
    assert all(resource.tokens >= 0 for resource in found)


def test_a_read_is_the_files_and_another_result_the_tools(transcript: Transcript) -> None:
    transcript.answer(call("r", "Read", file_path="/a.py"), call("s", command="ls"), held=20_000, output=120)
    transcript.user([result("r", "1\tx = 1\n"), result("s", "a.py")])
    transcript.answer(held=20_200)
    window = transcript.window()

    (file,) = resources_of(window, Category.CONTEXT, "/a.py")
    (shell,) = resources_of(window, Category.CONTEXT, "Bash")

    assert (file.kind.pool, file.kind.temporary, file.uses) == ("working/context", False, 1)
    assert (shell.kind.pool, shell.kind.temporary) == ("working/buffer", True)
    assert file.last_used
    assert {"Read calls", "Bash calls"} <= {r.name for r in resources_of(window, Category.MESSAGES)}


def test_calls_are_uses_of_the_server_the_skill_and_the_agent_they_call(transcript: Transcript) -> None:
    transcript.attach("mcp_instructions_delta", addedNames=["gh", "db"], addedBlocks=["Use it.", "Or not."])
    transcript.attach("skill_listing", content="- pdf: Forms\n- docx: Texts")
    transcript.attach("agent_listing_delta", addedTypes=["Plan"], addedLines=["- Plan: thinks"])
    calls = [
        call("t0", "mcp__gh__list"),
        call("t1", "mcp__gh__show"),
        call("t2", "Skill", skill="pdf"),
        call("t3", "Task", subagent_type="Plan"),
    ]
    for number, made in enumerate(calls):
        transcript.answer(made, held=20_000 + number)
        transcript.user([result(f"t{number}")])
    transcript.answer(held=21_000)
    window = transcript.window()

    uses = {
        name: sum(resource.uses for resource in resources_of(window, category, name))
        for category, name in [
            (Category.MCPS, "gh"),
            (Category.MCPS, "db"),
            (Category.SKILLS, "pdf"),
            (Category.SKILLS, "docx"),
            (Category.AGENTS, "Plan"),
        ]
    }

    assert uses == {"gh": 2, "db": 0, "pdf": 1, "docx": 0, "Plan": 1}
    assert transcript.window(1).turn == 1
    assert sum(resource.uses for resource in resources_of(transcript.window(1), Category.MCPS)) == 0
    # What a server answers is a passing result; what it says of itself is the server's.
    assert tokens_of(window, Category.CONTEXT, "mcp__gh__list") > 0


def test_a_skills_body_is_on_the_skills_line(transcript: Transcript) -> None:
    transcript.answer(call("t", "Skill", skill="pdf"), held=20_000, output=60)
    transcript.user([result("t", "Launching skill: pdf")])
    transcript.user([text("# How to fill forms")], isMeta=True, sourceToolUseID="t")
    transcript.answer(held=20_100)

    (body,) = resources_of(transcript.window(), Category.SKILLS)

    assert (body.kind, body.name, body.uses) == (Kind.SKILL_BODY, "pdf", 1)


@pytest.mark.parametrize(
    ("words", "category", "name"),
    [
        ("fix it", Category.MESSAGES, "User messages"),
        ("<task-notification>done", Category.MESSAGES, "Task notifications"),
        ("<command-name>/x", Category.MESSAGES, "Slash commands"),
        ("<system-reminder>mind", Category.SYSTEM, "System reminders"),
    ],
)
def test_a_users_text_counts_by_who_wrote_it(
    transcript: Transcript, words: str, category: Category, name: str
) -> None:
    transcript.user(words)
    transcript.answer()

    assert tokens_of(transcript.window(), category, name) == transcript.window().accounted_tokens > 0


# ------------------------------------------------------------------------------------------- answers
def test_thinking_that_the_transcript_does_not_hold_is_taken_from_the_output(transcript: Transcript) -> None:
    transcript.answer(thinking(), text("So it is."), held=20_000, output=500)
    transcript.user("go on")
    transcript.answer(held=20_510)
    window = transcript.window()

    said = tokens_of(window, Category.MESSAGES, "Assistant text")

    assert 0 < said < 10
    assert tokens_of(window, Category.MESSAGES, "Thinking") == 500 - said
    assert abs(window.error_tokens) < 10


def test_thinking_that_the_transcript_shows_in_part_is_not_counted_twice(transcript: Transcript) -> None:
    transcript.answer(thinking("a summary " * 50), text("So."), held=20_000, output=500)
    transcript.user("go on")
    transcript.answer(held=20_510)
    window = transcript.window()

    assert (
        tokens_of(window, Category.MESSAGES, "Thinking")
        + tokens_of(window, Category.MESSAGES, "Assistant text")
        == 500
    )


def test_an_answer_that_does_not_think_leaves_no_thinking(transcript: Transcript) -> None:
    for output in (6, 300):
        transcript.answer(text("Nothing to think about here."), held=20_000, output=output)
        transcript.user("go on")
    transcript.answer(held=20_400)
    window = transcript.window()

    assert resources_of(window, Category.MESSAGES, "Thinking") == []
    assert tokens_of(window, Category.MESSAGES, "Assistant text") == 306


def test_an_output_that_is_not_final_says_nothing(transcript: Transcript) -> None:
    transcript.answer(text("Begun"), held=20_000)
    transcript.user("go on")
    transcript.answer(held=20_100)
    window = transcript.window()

    assert tokens_of(window, Category.MESSAGES, "Assistant text") == METER.answer_text("Begun", first=True)


def test_older_models_are_counted_by_their_blocks_whatever_their_output_says(transcript: Transcript) -> None:
    transcript.model = OLD_OPUS
    transcript.answer(text("Begun"), held=20_000, output=900)
    transcript.user("go on")
    transcript.answer(held=20_100)

    said = tokens_of(transcript.window(), Category.MESSAGES, "Assistant text")

    assert said == meter_for(OLD_OPUS).answer_text("Begun", first=True)


def test_an_answer_that_was_broken_off_counts_by_what_it_said(transcript: Transcript) -> None:
    """Its output is the one that its stream began with."""
    words = "a long answer that was interrupted " * 20
    transcript.answer(text(words), held=20_000, output=8)
    transcript.user("go on")
    transcript.answer(held=20_200)

    said = tokens_of(transcript.window(), Category.MESSAGES, "Assistant text")

    assert said == METER.answer_text(words, first=True)


def test_another_model_fixes_a_residual_of_its_own(transcript: Transcript) -> None:
    for held, model in (
        (20_000, OPUS),
        (24_000, "claude-fable-5"),
        (20_500, OPUS),
        (24_500, "claude-fable-5"),
    ):
        transcript.user("next")
        transcript.answer(held=held, model=model)
    windows = [transcript.window(turn) for turn in (1, 2, 3, 4)]

    assert [window.base_turn for window in windows] == [1, 2, 1, 2]
    assert [window.error_tokens for window in windows[:2]] == [0, 0]
    assert windows[2].residual_tokens == windows[0].residual_tokens != windows[1].residual_tokens


# --------------------------------------------------------------------------------- micro-compaction
def test_a_cleared_result_leaves_only_a_line_saying_so(transcript: Transcript) -> None:
    transcript.answer(call("r", "Read", file_path="/a.py"), call("s", command="ls"), held=20_000, output=120)
    transcript.user([result("r", "x = 1\n" * 500), result("s", "a.py\n" * 300)])
    transcript.answer(held=23_000, output=5)
    before = transcript.window()
    about = {"trigger": "auto", "compactedToolIds": ["r"]}
    transcript.add("system", {"subtype": "microcompact_boundary", "microcompactMetadata": about})
    transcript.answer(held=21_000)
    after = transcript.window()

    assert tokens_of(before, Category.CONTEXT, "/a.py") > 1_000
    assert tokens_of(after, Category.CONTEXT, "/a.py") == CLEARED_TOKENS
    assert tokens_of(after, Category.CONTEXT, "Bash") == tokens_of(before, Category.CONTEXT, "Bash")
    # The call itself stays, and earlier requests are shown as they were.
    assert tokens_of(after, Category.MESSAGES, "Read calls") > 0
    assert transcript.window(2).resources == before.resources


# ------------------------------------------------------------------------------- the recorded prompt
TOOLS: list[Json] = [
    {"name": name, "schema": {"name": name, "description": "Does what its name says. " * 20}}
    for name in ("Bash", "Read", "mcp__gh__list", "mcp__gh__show")
]
PROMPT = "You are a careful agent. " * 40


def test_a_recorded_prompt_tells_system_prompt_and_tools_and_the_residual_shrinks(
    transcript: Transcript,
) -> None:
    transcript.user("first")
    transcript.answer(held=20_000, output=5)
    unknown = transcript.window()
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT, tools=TOOLS)
    transcript.user("second")
    transcript.answer(held=20_010)
    window = transcript.window()

    (prompt,) = resources_of(window, Category.SYSTEM, "System prompt")
    (shell,) = resources_of(window, Category.SYSTEM, "Bash tool")
    told = prompt.tokens + 2 * shell.tokens + tokens_of(window, Category.MCPS, "gh")

    assert len(resources_of(window, Category.MCPS, "gh")) == 2
    assert shell.kind is Kind.BUILTIN_TOOL
    assert window.residual_tokens == pytest.approx(unknown.residual_tokens - told, abs=2)
    assert abs(window.error_tokens) < 10


def test_a_prompt_recorded_again_counts_once(transcript: Transcript) -> None:
    """The first record of a session is without the tools, and a later one tells them."""
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT)
    transcript.user("first")
    transcript.answer(held=20_000, output=5)
    for _ in range(3):
        transcript.attach("prompt_snapshot", systemPrompt=PROMPT, tools=TOOLS)
    transcript.user("second")
    transcript.answer(held=20_010)
    first, second = transcript.window(1), transcript.window(2)

    assert len(resources_of(second, Category.SYSTEM, "System prompt")) == 1
    assert tokens_of(first, Category.MCPS) == tokens_of(second, Category.MCPS) > 0
    assert (first.error_tokens, first.residual_tokens) == (0, second.residual_tokens)
    assert abs(second.error_tokens) < 10


def test_a_recorded_prompt_outlives_a_compaction(transcript: Transcript) -> None:
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT, tools=TOOLS)
    transcript.answer(held=160_000)
    transcript.compact(preTokens=155_598)
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT)
    transcript.answer(held=30_000)
    before, after = transcript.window(1), transcript.window(2)

    assert tokens_of(after, Category.MCPS) == tokens_of(before, Category.MCPS) > 0
    assert len(resources_of(after, Category.SYSTEM, "System prompt")) == 1


def test_a_server_that_connects_later_is_growth_and_no_error(transcript: Transcript) -> None:
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT, tools=TOOLS[:2])
    transcript.user("first")
    transcript.answer(held=20_000, output=5)
    transcript.attach("prompt_snapshot", systemPrompt=PROMPT, tools=TOOLS)
    transcript.user("second")
    first = transcript.window(1)
    transcript.answer(held=30_000)
    second = transcript.window(2)

    assert tokens_of(first, Category.MCPS) == 0
    assert second.residual_tokens == first.residual_tokens
    assert tokens_of(second, Category.MCPS) > 100


def test_residual_text_is_essential_and_reported(transcript: Transcript) -> None:
    transcript.answer(held=20_000)

    (rest,) = transcript.window().resources

    assert (rest.kind, rest.tokens, rest.provenance, rest.essential) == (
        Kind.RESIDUAL,
        20_000,
        "reported",
        True,
    )


def test_what_was_used_without_being_listed_is_a_line_without_tokens(transcript: Transcript) -> None:
    """Older clients write no listings down: a server in use must not look as if it were not there."""
    transcript.user("look")
    transcript.answer(call("c1", "mcp__linear__issue"), held=20_000)
    transcript.user([result("c1")])
    transcript.answer(call("c2", "Task", subagent_type="Explore"), held=20_100)
    transcript.user([result("c2")])
    transcript.answer(held=20_200)

    used = {
        (resource.kind.category, resource.name): (resource.tokens, resource.uses)
        for resource in transcript.window().resources
        if resource.kind.category in {Category.MCPS, Category.AGENTS}
    }

    assert used == {(Category.MCPS, "linear"): (0, 1), (Category.AGENTS, "Explore"): (0, 1)}
