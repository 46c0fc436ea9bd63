"""The kinds of text that brimline tells apart; each has a module of its own, or is left alone."""

from enum import StrEnum


class ContentType(StrEnum):
    """What a tool's result is."""

    JSON = "json"
    LOG = "log"
    """What a shell command printed, where nothing narrower is known."""
    TEST_OUTPUT = "test_output"
    DIFF = "diff"
    SEARCH = "search"
    """Hits of a search, or the paths of the files that were found."""
    SOURCE = "source"
    """A file or part of one, whichever tool showed it."""
    PROSE = "prose"
    HTML = "html"
    BLOB = "blob"
    """Base64, minified code: long lines that nobody reads."""
    EDIT_ECHO = "edit_echo"
    """What an editing tool says after it has edited."""
    PLAIN = "plain"
    """Anything else, an error of the tool itself too: to be left alone."""
