"""The same input and the same journal give the same bytes, whoever reads it and whenever."""

import multiprocessing
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from brimline.core.errors import StoreError
from brimline.core.plan import Edit, EditKey, Verb
from brimline.stores.archive import Archive, open_archive
from brimline.stores.journal import Entry, Journal, hiding
from brimline.stores.originals import Originals

KEY = EditKey("s", "toolu_1")
RAW = b"line\n" * 1_000
CUT = b"line [999 more; see original]"
RECORDER = """
import sys
from pathlib import Path
from brimline.core.plan import Edit, EditKey, Verb
from brimline.stores.archive import open_archive
from brimline.stores.journal import Journal
from brimline.stores.originals import Originals
archive = open_archive(Path(sys.argv[1]))
originals = Originals(archive)
journal = Journal(archive, originals)
for number in range(10_000):
    handle = originals.put(f"raw {number}".encode() * 100, session="s", at=number).handle
    journal.record(Edit(key=EditKey("s", f"t{number}"), verb=Verb.REPLACE, original=handle,
        replacement=f"cut {number}".encode(), reason="", level="light", plan="p", at=number))
    print(number, flush=True)
"""


def edit(
    original: str,
    replacement: bytes = CUT,
    *,
    key: EditKey = KEY,
    verb: Verb = Verb.REPLACE,
    plan: str = "p1",
) -> Edit:
    return Edit(
        key=key,
        verb=verb,
        original=original,
        replacement=replacement,
        reason="long output",
        level="balanced",
        plan=plan,
        at=2.0,
    )


@pytest.fixture
def handle(originals: Originals) -> str:
    return originals.put(RAW, session="s", at=1).handle


def replayed(journal: Journal, seen: bytes, key: EditKey = KEY) -> bytes:
    return journal.replay(key.session, key.tool_use_id, seen, part=key.part)


def test_an_edit_is_replayed_to_the_same_bytes(journal: Journal, handle: str) -> None:
    journal.record(edit(handle))

    assert [replayed(journal, RAW) for _ in range(3)] == [CUT] * 3


def test_what_was_cut_already_is_not_cut_again(journal: Journal, handle: str) -> None:
    journal.record(edit(handle))

    assert replayed(journal, CUT) == CUT


@pytest.mark.parametrize("seen", [b"", RAW + b"more", RAW[:-1], b"another result"])
def test_an_edit_holds_only_for_the_bytes_it_was_made_for(seen: bytes, journal: Journal, handle: str) -> None:
    first = journal.record(edit(handle))
    assert replayed(journal, seen) == seen

    journal.undo([first], at=3)
    assert replayed(journal, seen) == seen


@pytest.mark.parametrize(
    "other", [KEY._replace(session="t"), KEY._replace(tool_use_id="u"), KEY._replace(part=1)]
)
def test_an_edit_holds_only_for_its_key(other: EditKey, journal: Journal, handle: str) -> None:
    journal.record(edit(handle))

    assert replayed(journal, RAW, other) == RAW


@pytest.mark.parametrize("verb", [Verb.DROP, Verb.UNLOAD])
def test_what_is_dropped_or_unloaded_sends_nothing(verb: Verb, journal: Journal, handle: str) -> None:
    journal.record(edit(handle, b"", verb=verb))

    assert replayed(journal, RAW) == b""


def test_the_first_edit_of_a_key_wins(journal: Journal, handle: str) -> None:
    first = journal.record(edit(handle))

    assert journal.record(edit(handle, b"shorter", plan="p2")) == first
    assert replayed(journal, RAW) == CUT
    assert journal.history(KEY) == [first]


def test_an_explicit_second_edit_supersedes(journal: Journal, handle: str) -> None:
    first = journal.record(edit(handle))
    second = journal.supersede(first, edit(handle, b"shorter", plan="p2"))

    assert second.supersedes == first.number
    assert [replayed(journal, seen) for seen in (RAW, CUT, b"shorter")] == [b"shorter"] * 3
    assert journal.history(KEY) == [first, second]
    assert journal.standing() == [second]


def test_an_edit_that_no_longer_stands_cannot_be_superseded(journal: Journal, handle: str) -> None:
    first = journal.record(edit(handle))
    journal.supersede(first, edit(handle, b"shorter"))

    with pytest.raises(StoreError, match="another process changed the edit of 'toolu_1' meanwhile"):
        journal.supersede(first, edit(handle, b"other"))
    with pytest.raises(StoreError, match="meanwhile"):
        journal.supersede(first, edit(handle, key=KEY._replace(part=7)))


def test_nothing_stands_in_the_place_of_what_is_not_kept(journal: Journal, originals: Originals) -> None:
    others = originals.put(RAW, session="another session", at=1).handle

    for missing in (others, "0123456789ab"):
        with pytest.raises(StoreError, match="is not kept for this session"):
            journal.record(edit(missing))
    assert journal.standing() == []


def test_what_comes_back_is_what_was_recorded(journal: Journal, handle: str) -> None:
    made = edit(handle, bytes(range(256)), key=EditKey("s", "call\0\U0001f600", 3), plan="p-ü")

    entry = journal.record(made)

    assert entry.edit == made
    assert journal.history(made.key) == [entry]


def test_undoing_restores_every_byte_from_the_next_request_on(journal: Journal, handle: str) -> None:
    first = journal.record(edit(handle))

    (reveal,) = journal.undo([first], at=9)

    assert (reveal.edit.verb, reveal.edit.at, reveal.edit.plan) == (Verb.REVEAL, 9, "p1")
    assert replayed(journal, RAW) == RAW
    assert replayed(journal, CUT) == RAW  # the client itself holds no more than what a hook left it


def test_what_was_undone_is_not_cut_again_by_itself(journal: Journal, handle: str) -> None:
    (reveal,) = journal.undo([journal.record(edit(handle))], at=3)

    assert journal.record(edit(handle)) == reveal
    assert replayed(journal, RAW) == RAW

    again = journal.supersede(reveal, edit(handle))
    assert again.number > reveal.number
    assert replayed(journal, RAW) == CUT


def test_an_undo_is_all_or_nothing(journal: Journal, originals: Originals, handle: str) -> None:
    first = journal.record(edit(handle))
    other = journal.record(edit(handle, key=KEY._replace(part=1)))
    journal.supersede(other, edit(handle, b"x", key=KEY._replace(part=1)))

    with pytest.raises(StoreError, match="meanwhile"):
        journal.undo([first, other], at=3)

    assert replayed(journal, RAW) == CUT


def test_edits_are_found_by_session_and_by_plan(journal: Journal, originals: Originals, handle: str) -> None:
    originals.put(RAW, session="t", at=1)
    first = journal.record(edit(handle))
    second = journal.record(edit(handle, key=KEY._replace(part=1), plan="p2"))
    third = journal.record(edit(handle, key=KEY._replace(session="t")))

    assert journal.standing() == [first, second, third]
    assert journal.standing(session="s") == [first, second]
    assert journal.standing(plan="p1") == [first, third]
    assert journal.standing(session="t", plan="p2") == []
    (reveal,) = journal.undo([second], at=3)
    assert journal.standing(session="s") == [first, reveal]
    assert hiding(journal.standing(session="s")) == [first]
    assert journal.last_plan() == "p1"
    journal.undo([first, third], at=4)
    assert journal.last_plan() is None


def test_an_original_that_is_damaged_cannot_be_sent_but_what_the_client_holds_can(
    archive: Archive, journal: Journal, originals: Originals, handle: str
) -> None:
    journal.undo([journal.record(edit(handle))], at=3)
    with archive.writing() as database:
        database.execute("UPDATE originals SET content = x'00'")
    originals.find(handle).paths[0].unlink()

    assert replayed(journal, RAW) == RAW
    with pytest.raises(StoreError, match="is damaged"):
        replayed(journal, CUT)


def test_replicas_and_restarts_replay_alike(archive: Archive, journal: Journal, handle: str) -> None:
    journal.record(edit(handle))

    for _ in range(2):
        with closing(open_archive(archive.folder)) as other:
            assert replayed(Journal(other, Originals(other)), RAW) == CUT


def record_all(folder: Path, own: int) -> list[tuple[int, bytes]]:
    with closing(open_archive(folder)) as archive:
        originals = Originals(archive)
        journal = Journal(archive, originals)
        handle = originals.put(RAW, session="s", at=1).handle
        entries = [
            journal.record(edit(handle, f"{own} cut {number}".encode(), key=EditKey("s", f"t{number}")))
            for number in range(40)
        ]
    return [(entry.number, entry.edit.replacement) for entry in entries]


def test_of_writers_at_once_one_wins_each_key_and_all_agree(archive: Archive, journal: Journal) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        answers = pool.starmap(record_all, [(archive.folder, own) for own in range(4)])

    assert all(answer == answers[0] for answer in answers)
    assert [(entry.number, entry.edit.replacement) for entry in journal.standing()] == sorted(answers[0])


def supersede_once(folder: Path, own: int) -> bool:
    with closing(open_archive(folder)) as archive:
        journal = Journal(archive, Originals(archive))
        (first,) = journal.history(KEY)[:1]
        try:
            journal.supersede(first, replace(first.edit, replacement=f"by {own}".encode()))
        except StoreError:
            return False
    return True


def test_of_two_who_supersede_at_once_one_is_told_to_look_again(
    archive: Archive, journal: Journal, handle: str
) -> None:
    journal.record(edit(handle))

    with multiprocessing.get_context("spawn").Pool(3) as pool:
        won = pool.starmap(supersede_once, [(archive.folder, own) for own in range(3)])

    assert sorted(won) == [False, False, True]
    assert journal.standing()[0].edit.replacement == f"by {won.index(True)}".encode()


def test_what_a_killed_recorder_promised_is_replayed(tmp_path: Path) -> None:
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        with subprocess.Popen([sys.executable, "-c", RECORDER, folder], stdout=subprocess.PIPE) as recorder:
            assert recorder.stdout is not None
            said = [recorder.stdout.readline()]
            time.sleep(0.017 * attempt)
            recorder.send_signal(signal.SIGKILL)
            said += recorder.stdout.readlines()
        with closing(open_archive(folder)) as archive:
            originals = Originals(archive)
            journal = Journal(archive, originals)
            for line in said:
                number = int(line)
                raw = f"raw {number}".encode() * 100
                assert journal.replay("s", f"t{number}", raw) == f"cut {number}".encode()
            assert all(originals.read(entry.edit.original) for entry in journal.standing())


class AnyHistory(RuleBasedStateMachine):
    """Whatever is recorded, superseded and undone: what is sent is as a plain dictionary has it."""

    keys = st.builds(EditKey, st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 1))
    cuts = st.binary(min_size=1, max_size=20)

    @initialize()
    def begin(self) -> None:
        self.home = TemporaryDirectory()
        self.sent: dict[EditKey, bytes] = {}
        self.open()

    def open(self) -> None:
        self.archive = open_archive(Path(self.home.name))
        self.originals = Originals(self.archive)
        self.journal = Journal(self.archive, self.originals)

    def raw(self, key: EditKey) -> bytes:
        return f"the original of {key}".encode()

    def last(self, key: EditKey) -> Entry:
        return self.journal.history(key)[-1]

    @rule(key=keys, cut=cuts)
    def record(self, key: EditKey, cut: bytes) -> None:
        handle = self.originals.put(self.raw(key), session=key.session, at=1).handle
        self.journal.record(edit(handle, cut, key=key))
        self.sent.setdefault(key, cut)

    @rule(key=keys, cut=cuts)
    def supersede(self, key: EditKey, cut: bytes) -> None:
        if key in self.sent:
            standing = self.last(key)
            self.journal.supersede(standing, edit(standing.edit.original, cut, key=key))
            self.sent[key] = cut

    @rule(key=keys)
    def undo(self, key: EditKey) -> None:
        if key in self.sent:
            self.journal.undo([self.last(key)], at=1)
            self.sent[key] = self.raw(key)

    @rule()
    def restart(self) -> None:
        self.archive.close()
        self.open()

    @invariant()
    def sends_what_it_should(self) -> None:
        for key, expected in self.sent.items():
            assert replayed(self.journal, self.raw(key), key) == expected
            for entry in hiding(self.journal.history(key)):
                assert replayed(self.journal, entry.edit.replacement, key) == expected

    def teardown(self) -> None:
        if hasattr(self, "archive"):
            self.archive.close()
            self.home.cleanup()


AnyHistory.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_any_history = AnyHistory.TestCase
