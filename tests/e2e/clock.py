"""A tiny MCP server over standard input and output: one tool, and instructions."""

import json
import sys

ANSWERS: dict[str, dict[str, object]] = {
    "tools/list": {
        "tools": [
            {
                "name": "now",
                "description": "Tells the time in a zone.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"zone": {"type": "string"}},
                    "required": ["zone"],
                },
            }
        ]
    },
    "tools/call": {"content": [{"type": "text", "text": "It is noon there."}]},
}


def answer(method: str, version: str) -> dict[str, object]:
    """Return the result of a request; *version* is the protocol's that the client speaks."""
    if method != "initialize":
        return ANSWERS.get(method, {})
    return {
        "protocolVersion": version,
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "clock", "version": "1"},
        "instructions": "Ask the clock before you name a date.",
    }


def serve() -> None:
    """Answer every request on standard input, a line each, until it ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" in asked:
            result = answer(asked["method"], asked.get("params", {}).get("protocolVersion", ""))
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    serve()
