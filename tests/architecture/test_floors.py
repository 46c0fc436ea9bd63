"""The import rules of `.importlinter` hold, and each of them catches the breach it is there for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "brimline" / "core"

SKELETON = [
    "__init__",
    *(f"{floor}/__init__" for floor in ("app", "strategies", "tokenizers", "pricing", "protocols", "core")),
    *("surfaces/__init__", "surfaces/cli", "surfaces/drawing", "surfaces/report"),
    *("adapters/__init__", "adapters/claude_code", "adapters/gateway"),
    *("stores/__init__", "stores/sqlite", "stores/memory", "app/wiring", "core/window", "core/pool"),
    *("strategies/unload", "strategies/tool_output", "content/__init__", "retrieval/__init__"),
]

BREACHES = [
    pytest.param("core/window", "brimline.adapters.gateway", "go down only", id="core imports an adapter"),
    pytest.param("stores/memory", "brimline.pricing", "go down only", id="a sibling floor imports another"),
    pytest.param("content/__init__", "brimline.retrieval", "go down only", id="content imports retrieval"),
    pytest.param("app/wiring", "brimline.surfaces.cli", "go down only", id="app imports a surface"),
    pytest.param("utils/__init__", "brimline.core", "go down only", id="a folder on no floor"),
    pytest.param("core/window", "time", "no clock", id="core reads the clock"),
    pytest.param("core/pool", "rich", "no third party", id="core imports a third party"),
    pytest.param(
        "adapters/gateway", "brimline.adapters.claude_code", "Adapters do not", id="an adapter knows another"
    ),
    pytest.param(
        "strategies/unload",
        "brimline.strategies.tool_output",
        "Strategies do not",
        id="a strategy knows another",
    ),
    pytest.param("surfaces/report", "brimline.surfaces.cli", "Surfaces do not", id="a surface knows another"),
    pytest.param(
        "surfaces/cli", "brimline.stores.sqlite", "Only the app knows", id="a surface opens the store itself"
    ),
]


def plant(folder: Path, module: str, *imports: str) -> None:
    path = folder / "brimline" / f"{module}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"import {name}\n" for name in imports))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            "--config",
            ROOT / ".importlinter",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for module in SKELETON:
        plant(tmp_path, module)
    return tmp_path


def test_a_house_without_a_breach_passes(house: Path) -> None:
    plant(house, "app/wiring", "brimline.stores.sqlite", "brimline.adapters.gateway")
    plant(house, "surfaces/cli", "brimline.app.wiring", "brimline.surfaces.drawing")

    result = lint(house)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("module", "imported", "contract"), BREACHES)
def test_a_planted_breach_is_caught(house: Path, module: str, imported: str, contract: str) -> None:
    plant(house, module, imported)

    result = lint(house)

    assert result.returncode == 1
    assert contract in result.stdout


def test_a_cycle_between_siblings_is_caught(house: Path) -> None:
    plant(house, "core/window", "brimline.core.pool")
    plant(house, "core/pool", "brimline.core.window")

    result = lint(house)

    assert result.returncode == 1
    assert "No cycle among siblings" in result.stdout


def imported_roots(path: Path) -> set[str]:
    """Return the first names of all modules that the file at *path* imports, wherever it does so."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | froms}


def test_core_imports_the_standard_library_only() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in CORE.rglob("*.py")
        for name in imported_roots(path) - {"brimline"} - sys.stdlib_module_names
    }

    assert foreign == set()
