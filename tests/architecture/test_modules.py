"""The shape of the house: small modules, a test for each, and `__all__` that says what is exported."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "brimline"
TESTS = ROOT / "tests"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.stat().st_size > 0)
LONGEST = 400
NOTHING_RUNS = {"ports"}
FOLDERS_WITHOUT_MIRROR = {"architecture", "docs", "e2e", "contracts"}


def identity(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=identity)
def test_a_module_has_at_most_400_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST


def has_test(module: Path) -> bool:
    """Tell whether a test file on the module's floor has its name, or the part of it that a family shares."""
    name, home = module.stem.strip("_"), module.parent.relative_to(SOURCE)
    for test in (TESTS / home.parts[0]).rglob("test_*.py"):
        subject = test.stem.removeprefix("test_")
        if f"{subject}_".startswith(f"{name}_") or f"{name}_".startswith(f"{subject}_"):
            return True
    return False


def test_every_module_has_a_test_file_named_after_it_or_its_family() -> None:
    bare = [
        identity(module)
        for module in MODULES
        if not module.stem.startswith("__") and module.stem not in NOTHING_RUNS and not has_test(module)
    ]

    assert not bare, "\n".join(bare)


def mirrored(test: Path) -> bool:
    """Tell whether *test* stands where the module or folder stands that its name begins with."""
    floor = SOURCE / test.parent.relative_to(TESTS)
    words = test.stem.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    places = [floor / f"{prefix}{name}" for name in names for prefix in ("", "_")]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def test_every_test_file_stands_where_its_module_stands() -> None:
    misplaced = [
        identity(test)
        for test in TESTS.rglob("test_*.py")
        if test.parent != TESTS
        and test.relative_to(TESTS).parts[0] not in FOLDERS_WITHOUT_MIRROR
        and not mirrored(test)
    ]

    assert not misplaced, "\n".join(misplaced)


def declares_all(module: Path) -> bool:
    names = [
        node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
    ]
    return any(name.id == "__all__" for name in names)


FACES = [path for path in MODULES if path.name == "__init__.py" and declares_all(path)]


def is_own(name: str, value: object, package: str) -> bool:
    """Tell whether a public name is of *package* (or says not where it is from), not borrowed elsewhere."""
    if name.startswith("_") or inspect.ismodule(value):
        return False
    return str(getattr(value, "__module__", package)).startswith(package)


@pytest.mark.parametrize("face", FACES, ids=identity)
def test_all_equals_what_a_package_exports(face: Path) -> None:
    package = importlib.import_module(".".join(face.parent.relative_to(SOURCE.parent).parts))
    exported = {name for name, value in vars(package).items() if is_own(name, value, package.__name__)}

    declared: list[str] = package.__all__

    assert {name for name in declared if not name.startswith("_")} == exported


def test_a_package_that_exports_names_declares_them() -> None:
    silent = [
        identity(face)
        for face in MODULES
        if face.name == "__init__.py"
        and face not in FACES
        and any(not isinstance(node, ast.Expr) for node in ast.parse(face.read_text(encoding="utf-8")).body)
    ]

    assert not silent, "\n".join(silent)
