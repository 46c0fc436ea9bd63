from hypothesis import given
from hypothesis import strategies as st

from brimline.core.requests import Request, SessionFacts, counted, supersedes


def request(
    message_id: str = "m",
    request_id: str = "r",
    output: int = 10,
    *,
    entered: int = 1,
    sidechain: bool = False,
) -> Request:
    return Request(message_id, request_id, "model", 0.0, entered, 5, 6, 7, output, sidechain)


def test_the_window_holds_input_writes_and_reads_but_no_output() -> None:
    assert request(entered=1, output=1000).window_tokens == 1 + 5 + 6 + 7


def test_the_record_with_the_larger_output_counts_wherever_it_stands() -> None:
    assert counted([(request(output=20), 1), (request(output=10), 2)]) == {("m", "r", 1)}
    assert counted([(request(output=10), 1), (request(output=20), 2)]) == {("m", "r", 2)}


def test_of_equal_outputs_the_last_record_counts() -> None:
    assert supersedes(request(entered=7), request(entered=9))
    assert counted([(request(entered=9), 1), (request(entered=7), 2)]) == {("m", "r", 2)}


def test_another_request_id_is_another_call() -> None:
    assert counted([(request(), 1), (request(request_id="s"), 1)]) == {("m", "r", 1), ("m", "s", 1)}


def test_a_sidechain_that_repeats_a_message_of_the_main_chain_is_not_counted_again() -> None:
    main, echo = request(), request(request_id="other", output=20, sidechain=True)

    assert counted([(main, 1), (echo, 2)]) == counted([(echo, 2), (main, 1)]) == {("m", "r", 1)}


def test_a_sidechain_of_its_own_counts_once() -> None:
    first, second = (request(request_id=name, sidechain=True) for name in "ab")

    assert counted([(first, 1), (second, 2)]) == {("m", "b", 2)}


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 3), st.integers(0, 4)))
)
def test_each_call_counts_once_and_with_its_largest_output(records: list[tuple[str, str, int, int]]) -> None:
    placed = {(m, r, place): request(m, r, output) for m, r, output, place in records}
    billed = counted((placed[key], key[2]) for key in sorted(placed, key=lambda key: key[2]))

    assert sorted(key[:2] for key in billed) == sorted({key[:2] for key in placed})
    for key in billed:
        assert placed[key].output_tokens == max(
            other.output_tokens for at, other in placed.items() if at[:2] == key[:2]
        )


def test_later_facts_update_earlier_ones_and_keep_what_they_do_not_say() -> None:
    earlier = SessionFacts("id", "/srv", "2.1.0", "opus", 100, first_at=50.0, last_at=60.0)

    updated = earlier.then(SessionFacts(cwd="/srv/sub", window_tokens=200, first_at=70.0, last_at=80.0))

    assert updated == SessionFacts("id", "/srv", "2.1.0", "opus", 200, first_at=50.0, last_at=80.0)


def test_a_clock_that_jumps_back_does_not_shorten_a_session() -> None:
    earlier = SessionFacts(first_at=50.0, last_at=60.0)

    assert earlier.then(SessionFacts(first_at=10.0, last_at=20.0)) == SessionFacts(
        first_at=10.0, last_at=60.0
    )
