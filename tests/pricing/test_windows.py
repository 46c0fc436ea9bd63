import pytest

from brimline.pricing import window_sizes, window_tokens

SIZES = {
    "claude-opus-4-5-20251101": (200_000,),
    "claude-haiku-4-5-20251001": (200_000,),
    "claude-sonnet-4-5-20250929": (200_000, 1_000_000),
    "claude-sonnet-4-6": (200_000, 1_000_000),
    "claude-opus-4-6": (200_000, 1_000_000),
    "claude-opus-4-6[1m]": (1_000_000,),
    "claude-opus-4-7": (1_000_000,),
    "claude-fable-5": (1_000_000,),
    "claude-haiku-5-5": (1_000_000,),
    "claude-opus-5": (1_000_000,),
    "claude-sonnet-5": (1_000_000,),
    "gpt-5": (400_000,),
    "gpt-6-sol": (1_050_000,),
    "claude-v1": (),
    "nobody's-model": (),
    "<synthetic>": (),
}


@pytest.mark.parametrize("model", SIZES)
def test_a_model_comes_with_the_windows_its_client_opens(model: str) -> None:
    assert window_sizes(model) == SIZES[model]


@pytest.mark.parametrize(
    ("model", "reported_tokens", "expected"),
    [
        ("claude-opus-4-6", 0, 200_000),
        ("claude-opus-4-6", 200_000, 200_000),
        ("claude-opus-4-6", 200_001, 1_000_000),
        ("claude-opus-4-5", 200_001, 200_000),
        ("claude-opus-5", 1_000_001, 1_000_000),
        ("nobody's-model", 5, None),
    ],
)
def test_a_window_is_raised_to_the_next_size_when_exceeded(
    model: str, reported_tokens: int, expected: int | None
) -> None:
    assert window_tokens(model, reported_tokens) == expected
