"""What can go wrong, by what the caller can do about it.

BrimlineError                   one clear sentence: what, where, what to do
├─ ConfigError                  a setting is unknown or impossible: mend the named key   exit 2
├─ InputError                   a file or argument cannot be read as what it should be   exit 1
│  └─ SnapshotError             a `status@1` snapshot lacks or contradicts something     exit 1
├─ StoreError                   originals or journal cannot keep or give back: as said   exit 1
│  └─ StoreFullError            there is no room for an original: so nothing is cut      exit 1
├─ NoSessionError               no session was found: look where the sentence says       exit 20
└─ BudgetError                  a budget's shares do not add up: mend the named pool     exit 2
"""


class BrimlineError(Exception):
    """Anything brimline refuses or cannot do; its text is one sentence for the user.

    What is said after `brimline:`, warnings included, begins small and ends without a full stop.
    """

    exit_code = 1


class InputError(BrimlineError):
    """Raised when a file or an argument cannot be read as what it should be."""


class SnapshotError(InputError):
    """Raised when a snapshot file lacks what `status@1` requires, or contradicts itself."""


class StoreError(BrimlineError):
    """Raised when the originals or the journal cannot keep something, or not give it back intact."""


class StoreFullError(StoreError):
    """Raised when there is no room for an original; what it was to be kept for must not be cut."""


class ConfigError(BrimlineError):
    """Raised for an unknown key or an impossible value; names key, value and allowed range."""

    exit_code = 2


class BudgetError(BrimlineError):
    """Raised when a pool tree cannot be a budget: shares off 1, negative, or a name twice."""

    exit_code = 2


class NoSessionError(BrimlineError):
    """Raised when no session was found; says where was looked."""

    exit_code = 20
