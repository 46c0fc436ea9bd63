"""Words that figures stand with."""


def counted(number: int, noun: str) -> str:
    """Return how many of *noun* there are, thousands parted.

    >>> counted(1, "request"), counted(1_200, "request")
    ('1 request', '1,200 requests')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
