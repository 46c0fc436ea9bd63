"""Write the JSON Schemas that ship with brimline, from the views themselves.

python tools/generate_schemas.py        writes src/brimline/schemas/*.json
"""

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from brimline.app.calibrate import CalibrateView
from brimline.app.cost import CostView
from brimline.app.demo import DemoViews
from brimline.app.originals import ForgottenView, OriginalsView, ShownOriginalView
from brimline.app.replay_view import ReplayView
from brimline.app.timeline import TimelineView
from brimline.app.undo import UndoView
from brimline.app.views import CheckView, ConfigView, StatusView

SCHEMAS = Path(__file__).parents[1] / "src" / "brimline" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

VIEWS: dict[str, type[msgspec.Struct]] = {
    "status": StatusView,
    "timeline": TimelineView,
    "cost": CostView,
    "calibrate": CalibrateView,
    "config": ConfigView,
    "config-check": CheckView,
    "demo": DemoViews,
    "replay": ReplayView,
    "originals": OriginalsView,
    "originals-show": ShownOriginalView,
    "originals-forgotten": ForgottenView,
    "undo": UndoView,
}

_TOKENS = {"type": "integer", "minimum": 0}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_FIGURES = {
    "requests": _TOKENS,
    "input_tokens": _TOKENS,
    "cache_write_tokens": _TOKENS,
    "cache_write_5m_tokens": _TOKENS,
    "cache_write_1h_tokens": _TOKENS,
    "cache_read_tokens": _TOKENS,
    "output_tokens": _TOKENS,
    "cost_usd": {"type": "number", "minimum": 0},
    "unpriced_requests": _TOKENS,
    "models": {"type": "array", "items": {"type": "string"}},
    "first_at": _TIME,
    "last_at": _TIME,
}
_NAMES = {"key": {"type": "string"}, "label": {"type": "string"}}

USAGE = {
    "$schema": DIALECT,
    "title": "brimline/usage@1",
    "description": "Sums over the counted requests of Claude folders, and a row for each group.",
    "type": "object",
    "properties": {
        "schema": {"const": "brimline/usage@1"},
        "group": {"enum": ["day", "week", "month", "model", "project", "session", "block"]},
        "timezone": {"type": ["string", "null"]},
        "since": {"type": ["string", "null"]},
        "until": {"type": ["string", "null"]},
        "totals": {"type": "object", "properties": _FIGURES, "required": list(_FIGURES)},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {**_NAMES, **_FIGURES},
                "required": [*_NAMES, *_FIGURES],
            },
        },
        "unpriced_models": {"type": "array", "items": {"type": "string"}},
        "warnings": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["schema", "group", "totals", "rows", "unpriced_models", "warnings"],
}
"""The usage view is a named tuple, so that a refresh need not load msgspec; its schema stands here."""


COUNT = {
    "$schema": DIALECT,
    "title": "brimline/count@1",
    "description": "The tokens of a text, and how they are known.",
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "tokenizer": {"type": "string"},
        "tokens": _TOKENS,
        "provenance": {"enum": ["estimated", "exact", "reported"]},
        "as_message": {"type": "boolean"},
        "schema": {"const": "brimline/count@1"},
    },
    "required": ["as_message", "model", "provenance", "schema", "tokenizer", "tokens"],
}
"""The same: the first count does not load it either."""

BY_HAND = {"usage": USAGE, "count": COUNT}


def schema_of(view: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of *view*, its `schema` field held to the version it writes."""
    schema = msgspec.json.schema(view, schema_hook=_anything)
    body = schema["$defs"][view.__name__]
    version = next(field.default for field in msgspec.structs.fields(view) if field.name == "schema")
    body["properties"]["schema"] = {"const": version}
    for definition in schema["$defs"].values():
        # Python 3.13 takes the indentation off docstrings, earlier ones keep it.
        if "description" in definition:
            definition["description"] = inspect.cleandoc(definition["description"])
    body["required"] = sorted({*body.get("required", []), "schema"})
    return {"$schema": DIALECT, **schema, "title": version}


def _anything(_type: type) -> dict[str, Any]:
    return {"description": "A word, a number, a switch or a tree of pools."}


def written() -> dict[Path, str]:
    """Return every schema file with the text it should hold."""
    schemas = {name: schema_of(view) for name, view in VIEWS.items()} | BY_HAND
    return {SCHEMAS / f"{name}.json": json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}


def main() -> None:
    """Write the schemas."""
    SCHEMAS.mkdir(exist_ok=True)
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
