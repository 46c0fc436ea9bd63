"""A recording's turns go on through its cuts."""

from tests.core.recordings import turn

from brimline.core.recording import Epoch, Recording


def test_turns_are_those_of_all_epochs_in_order() -> None:
    epochs = (
        Epoch(turns=(turn(1, 5), turn(2, 6)), blocks=()),
        Epoch(turns=(turn(3, 4),), blocks=()),
    )
    session = Recording(session="s", path="p", repository="r", system_tokens=0, epochs=epochs)
    assert [one.number for one in session.turns] == [1, 2, 3]
