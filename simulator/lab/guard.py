"""Who may talk to the lab: pages of its own alone, and beyond this machine whoever has the token."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 10_000_000
"""Of a request: ten scenarios of the largest size with their tables."""
_TOKEN = "token"  # noqa: S105 - its name
_HEADERS = (
    # The page asks nothing of any other machine, and the browser holds it to that; no page may frame it.
    (
        b"content-security-policy",
        b"default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        b"style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def is_this_machine(host: str) -> bool:
    """Whether an address reaches this machine alone."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Guard:
    """Middleware that lets through what comes from the lab's own pages.

    A page of somebody else's can send requests here from the reader's browser: those say so in `Origin` and
    `Sec-Fetch-Site`. A name of somebody else's can lead here as well: that stands in `Host`.
    """

    app: App
    token: str | None = None  # asked for where others can reach the lab; None on this machine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if refused := self._refusal(scope, headers):
            await _refuse(scope, send, *refused)
        elif (place := self._without_token(scope)) is not None:
            cookie = f"{_TOKEN}={self.token}; HttpOnly; SameSite=Strict; Path=/"
            extra = [(b"location", place.encode("latin-1")), (b"set-cookie", cookie.encode("latin-1"))]
            await _answer(send, 303, "", extra)
        else:
            await self.app(scope, _limited(receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """Return the status and the reason for which a request is refused; None for one that is not."""
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        if self.token is None and not is_this_machine(name):
            return 403, "This page is reached as 127.0.0.1 or localhost alone."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return 403, "Pages of other addresses cannot use the lab."
        goes_to_page = scope["type"] == "http" and scope["method"] == "GET"
        is_visit = goes_to_page and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} and not is_visit:
            return 403, "Pages of other addresses cannot use the lab."
        if self.token is not None and not any(map(self._is_token, _tokens(scope, headers))):
            return 401, "The address that the lab printed has a token in it: open that one."
        if int(headers.get("content-length", "0") or 0) > MOST_BYTES:
            return 413, f"At most {MOST_BYTES // 1_000_000} MB at a time."
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self.token or "").encode())

    def _without_token(self, scope: Scope) -> str | None:
        """Return where a visit goes on whose address has the token in it, so that no link hands it on."""
        if self.token is None or scope["type"] != "http" or scope["method"] != "GET":
            return None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if _TOKEN not in dict(pairs):
            return None
        left = urlencode([pair for pair in pairs if pair[0] != _TOKEN])
        return f"{scope['path']}?{left}" if left else str(scope["path"])


def _tokens(scope: Scope, headers: dict[str, str]) -> Iterator[str]:
    """Yield what a request gives as its token: in the address, a cookie or as a bearer."""
    yield from (value for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name == _TOKEN)
    if _TOKEN in (cookie := SimpleCookie(headers.get("cookie", ""))):
        yield cookie[_TOKEN].value
    if headers.get("authorization", "").startswith("Bearer "):
        yield headers["authorization"].removeprefix("Bearer ")


def _limited(receive: Receive) -> Receive:
    """Return what reads a request of unknown length, no further than the limit."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                return {"type": "http.disconnect"}
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
    else:
        await _answer(send, status, why, [])


async def _answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": text.encode()})
