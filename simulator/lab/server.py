"""The server of the lab: its page, its API and its guard, on an address of this machine."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from nicegui import ui
from starlette.datastructures import UploadFile

from simulator.errors import InputError, Problem
from simulator.lab.api import make_api
from simulator.lab.guard import Guard, is_this_machine
from simulator.lab.lab import Lab
from simulator.lab.page import add_page
from simulator.lab.uploads import MOST_FILES

_RECONNECT_SECONDS = 10.0
"""A page that has been away for so long is forgotten, with all that it had."""


def serve(
    lab: Lab, listening: socket.socket, opened: Callable[[str], None], *, with_browser: bool = False
) -> None:
    """Serve a lab until it is stopped; `opened` takes its address when it can be reached.

    Beyond this machine the address has a token in it, without which nobody is answered.
    """
    host, port = listening.getsockname()[:2]
    token = None if is_this_machine(host) else os.urandom(16).hex()
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
    app = make_app(lab, token)
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="websockets-sansio")
    opened(address)
    if with_browser:
        # The socket listens already: a browser that is quicker than the server waits.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    uvicorn.Server(config).run(sockets=[listening])


def make_app(lab: Lab, token: str | None = None) -> Guard:
    """Return the whole application of a lab."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/api", make_api(lab))
    _add_upload(app, lab)
    add_page(lab)
    ui.run_with(
        app,
        title="Policy lab",
        language="en-GB",
        favicon="📊",
        tailwind=False,
        reconnect_timeout=_RECONNECT_SECONDS,
        show_welcome_message=False,
    )
    return Guard(app, token)


def _add_upload(app: FastAPI, lab: Lab) -> None:
    @app.post("/upload/{key}")
    async def upload(key: str, request: Request) -> PlainTextResponse:
        if key not in lab.sent:
            raise HTTPException(404)
        async with request.form(max_files=MOST_FILES, max_fields=0) as form:
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
            lab.sent[key] = {one.filename or "": await one.read() for one in files}
        return PlainTextResponse("")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; InputError for an address that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        hint = "choose another with --port, or 0 for any that is free"
        why = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(f"--port {port}", f"a port that is free on {host}", why, hint)]) from None
    return listening
