"""A stand-in for the Messages API on the loopback: it answers by script and reports plausible usage.

What it reports is counted on the request it really received, with brimline's own meter. So a status
that differs from it shows that the transcript, as brimline reads it, is not what the client sent.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self
from uuid import uuid4

import msgspec

from brimline.tokenizers.meter import ConversationMeter, meter_for

ERRAND = "An errand for the scout:"
"""How the prompt of a sub-agent begins, so that its requests are known from the main conversation's."""

SUMMARY_ASKED = "Your task is to create a detailed summary"
UNCOUNTED = "x-anthropic-billing-header"
"""How the system block begins that the provider takes for its accounts and not for the prompt."""


class Piece(msgspec.Struct):
    """One content block of a request."""

    type: str = ""
    text: str = ""
    name: str = ""
    input: dict[str, msgspec.Raw] = {}
    tool_name: str = ""
    content: "str | list[Piece] | None" = None
    is_error: bool | None = None


class Said(msgspec.Struct):
    """One message of a request."""

    role: str
    content: str | list[Piece]

    @property
    def pieces(self) -> list[Piece]:
        """The message's content blocks; plain text is one."""
        return [Piece("text", self.content)] if isinstance(self.content, str) else self.content


class Tool(msgspec.Struct):
    """The definition of a tool, as far as it says whether it counts."""

    name: str = ""
    defer_loading: bool = False


class Asked(msgspec.Struct):
    """A request to the Messages API."""

    model: str
    messages: list[Said]
    system: list[Piece] = []
    tools: list[msgspec.Raw] = []
    stream: bool = False


class Kind(StrEnum):
    """What a client asks for."""

    MAIN = "main"
    AGENT = "agent"
    SUMMARY = "summary"
    SIDE = "side"


class Text(NamedTuple):
    """A text block of an answer."""

    text: str


class Call(NamedTuple):
    """A tool call of an answer."""

    name: str
    arguments: Mapping[str, object]


Answer = Sequence[Text | Call]


class Refusal(NamedTuple):
    """Says with an HTTP status that there is no answer."""

    status: int


class Break(NamedTuple):
    """Breaks the connection in the midst of a streamed *answer*."""

    answer: Answer


Reply = Answer | Refusal | Break


@dataclass(frozen=True, slots=True)
class Served:
    """A request and what was reported for it, all in tokens."""

    kind: Kind
    asked: Asked
    cached_tokens: int
    written_tokens: int
    input_tokens: int
    output_tokens: int

    @property
    def window_tokens(self) -> int:
        """What the request held."""
        return self.cached_tokens + self.written_tokens + self.input_tokens

    @property
    def hour(self) -> bool:
        """Whether its cache write lasts an hour: the main conversation's do, so that both lifetimes occur."""
        return self.kind is Kind.MAIN


def kind_of(asked: Asked) -> Kind:
    """Tell what a request is for."""
    if not asked.tools:
        return Kind.SIDE
    # The client may add a note of its own after the question.
    if any(SUMMARY_ASKED in piece.text for said in asked.messages[-3:] for piece in said.pieces):
        return Kind.SUMMARY
    is_errand = any(piece.text.startswith(ERRAND) for piece in asked.messages[0].pieces)
    return Kind.AGENT if is_errand else Kind.MAIN


# ---------------------------------------------------------------------------------------- counting
def count_request(asked: Asked) -> int:
    """Return the tokens of a request: its system prompt, the tools that are loaded, and every message."""
    meter = meter_for(asked.model)
    count = meter.tokenizer.count
    system = sum(count(piece.text) for piece in asked.system if not piece.text.startswith(UNCOUNTED))
    tools = sum(count(bytes(tool).decode()) for tool in _loaded(asked))
    return system + tools + sum(_count_message(meter, said) for said in asked.messages)


def _loaded(asked: Asked) -> Iterator[msgspec.Raw]:
    named = {
        inner.tool_name
        for said in asked.messages
        for piece in said.pieces
        for inner in (piece.content if isinstance(piece.content, list) else [])
    }
    for raw in asked.tools:
        tool = msgspec.json.decode(raw, type=Tool)
        if not tool.defer_loading or tool.name in named:
            yield raw


def _count_message(meter: ConversationMeter, said: Said) -> int:
    if said.role == "assistant":
        return count_answer(meter, [_block(piece) for piece in said.pieces])
    results = [piece for piece in said.pieces if piece.type == "tool_result"]
    texts = [piece.text for piece in said.pieces if piece.type == "text"]
    errors = [bool(piece.is_error) for piece in results]
    within = sum(meter.tool_result(_result_text(piece), is_error=bool(piece.is_error)) for piece in results)
    frames = meter.result_frame(["Tool"] * len(results), errors=sum(errors))
    frames += meter.text_frame(len(texts), after_results=bool(results))
    return within + frames + sum(map(meter.tokenizer.count, texts))


def _result_text(piece: Piece) -> str:
    if isinstance(piece.content, list):
        return "".join(inner.text for inner in piece.content)
    return piece.content or ""


def _block(piece: Piece) -> Text | Call:
    if piece.type == "tool_use":
        return Call(piece.name, {key: msgspec.json.decode(raw) for key, raw in piece.input.items()})
    return Text(piece.text)


def count_answer(meter: ConversationMeter, answer: Answer) -> int:
    """Return the tokens of an answer, as it is written and as it stands in the window afterwards."""
    tokens, spoken, called = 0, False, False
    for block in answer:
        if isinstance(block, Text):
            tokens += meter.answer_text(block.text, first=not spoken)
            spoken = True
        else:
            tokens += meter.tool_call(block.name, block.arguments, first=not called)
            called = True
    return tokens


# ----------------------------------------------------------------------------------------- serving
SUMMARY: Answer = [
    Text("<analysis>Looked back.</analysis><summary>We read the ledger twice. Nothing is open.</summary>")
]
NOTHING_MORE: Answer = [Text("Nothing is left to do.")]


@dataclass
class StandIn:
    """Serves *script*: answers by kind, each given once; then a closing text."""

    script: Mapping[Kind, Sequence[Reply]]
    served: list[Served] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Requests to addresses it does not know."""
    failed: list[Refusal | Break] = field(default_factory=list)
    given: dict[Kind, int] = field(default_factory=dict)
    cached: dict[Kind, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.owner = self
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def of(self, *kinds: Kind) -> list[Served]:
        """Return what was served of *kinds*, in order."""
        return [served for served in self.served if served.kind in kinds]

    def reply(self, asked: Asked) -> tuple[Reply, Served]:
        """Return the next reply to *asked* and what is reported for it, noting both."""
        kind, window = kind_of(asked), count_request(asked)
        with self.lock:
            reply = self._next(kind)
            answer = reply.answer if isinstance(reply, Break) else reply
            known = self.cached.get(kind, 0)
            read = known if known < window else 0
            fresh = min(3, window - read)
            output = 0 if isinstance(answer, Refusal) else count_answer(meter_for(asked.model), answer)
            served = Served(kind, asked, read, window - read - fresh, fresh, output)
            if isinstance(reply, Refusal | Break):
                self.failed.append(reply)
            else:
                self.cached[kind] = window
                self.served.append(served)
        return reply, served

    def _next(self, kind: Kind) -> Reply:
        number = self.given.get(kind, 0)
        self.given[kind] = number + 1
        answers = self.script.get(kind, ())
        if number < len(answers):
            return answers[number]
        return SUMMARY if kind is Kind.SUMMARY else NOTHING_MORE


def _usage(served: Served, output_tokens: int) -> dict[str, object]:
    hour = served.written_tokens if served.hour else 0
    return {
        "input_tokens": served.input_tokens,
        "cache_creation_input_tokens": served.written_tokens,
        "cache_read_input_tokens": served.cached_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": served.written_tokens - hour,
            "ephemeral_1h_input_tokens": hour,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
    }


def _message(answer: Answer, served: Served) -> dict[str, object]:
    """Return the whole message of an answer that is not streamed."""
    content: list[object] = [
        {"type": "text", "text": block.text}
        if isinstance(block, Text)
        else {"type": "tool_use", "id": f"toolu_{uuid4().hex}", "name": block.name, "input": block.arguments}
        for block in answer
    ]
    ending = {"content": content, "stop_reason": _stop_reason(answer)}
    return _begun(served) | ending | {"usage": _usage(served, served.output_tokens)}


def _begun(served: Served) -> dict[str, object]:
    """Return a message that nothing was said in; the usage holds one token of output, as the API's does."""
    return {
        "id": f"msg_{uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": served.asked.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(served, 1),
    }


def _stop_reason(answer: Answer) -> str:
    return "tool_use" if any(isinstance(block, Call) for block in answer) else "end_turn"


def _events(answer: Answer, served: Served) -> Iterator[dict[str, object]]:
    """Yield the events of a streamed answer."""
    yield {"type": "message_start", "message": _begun(served)}
    for index, block in enumerate(answer):
        yield from _block_events(index, block)
    ending = {"stop_reason": _stop_reason(answer), "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": served.output_tokens}}
    yield {"type": "message_stop"}


def _block_events(index: int, block: Text | Call) -> Iterator[dict[str, object]]:
    about: dict[str, object]
    if isinstance(block, Text):
        about, whole, sort, name = {"type": "text", "text": ""}, block.text, "text_delta", "text"
    else:
        about = {"type": "tool_use", "id": f"toolu_{uuid4().hex}", "name": block.name, "input": {}}
        whole, sort, name = json.dumps(block.arguments), "input_json_delta", "partial_json"
    yield {"type": "content_block_start", "index": index, "content_block": about}
    for half in (whole[: len(whole) // 2], whole[len(whole) // 2 :]):
        yield {"type": "content_block_delta", "index": index, "delta": {"type": sort, name: half}}
    yield {"type": "content_block_stop", "index": index}


class _Server(ThreadingHTTPServer):
    owner: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing; the tests look at what was served."""

    def do_HEAD(self) -> None:
        self._send({})

    def do_GET(self) -> None:
        self._send({"data": [], "has_more": False, "first_id": None, "last_id": None})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        if path == "/v1/messages/count_tokens":
            self._send({"input_tokens": count_request(msgspec.json.decode(body, type=Asked))})
        elif path == "/v1/messages":
            self._answer(msgspec.json.decode(body, type=Asked))
        else:
            self.server.owner.strays.append(path)
            self._send({"type": "error", "error": {"type": "not_found_error", "message": path}}, 404)

    def _answer(self, asked: Asked) -> None:
        reply, served = self.server.owner.reply(asked)
        if isinstance(reply, Refusal):
            error = {"type": "overloaded_error", "message": "Overloaded"}
            self._send({"type": "error", "error": error}, reply.status)
        elif isinstance(reply, Break):
            events = list(_events(reply.answer, served))
            self._stream(events[: len(events) // 2])
        elif asked.stream:
            self._stream(_events(reply, served))
        else:
            self._send(_message(reply, served))

    def _stream(self, events: Iterable[dict[str, object]]) -> None:
        """Send events in chunks; the connection closes after them, without the last chunk where any lack."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("request-id", f"req_{uuid4().hex}")
        self.send_header("connection", "close")
        self.end_headers()
        event: dict[str, object] = {}
        for event in events:
            data = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        if event.get("type") == "message_stop":
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def _send(self, value: object, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("request-id", f"req_{uuid4().hex}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
