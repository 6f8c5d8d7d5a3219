"""Signals that end the command: the first is heeded, and what tidies up after it is left alone."""

from __future__ import annotations

import signal

import pytest

from simulator import interrupts


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, interrupts.Ended)]
)
def test_twice_at_once_is_once(
    monkeypatch: pytest.MonkeyPatch, number: int, kind: type[KeyboardInterrupt]
) -> None:
    monkeypatch.setattr(interrupts, "_heeded", [])
    for now, is_heeded in ((100.0, True), (100.6, False), (101.2, True)):
        monkeypatch.setattr(interrupts, "monotonic", lambda now=now: now)
        raised = None
        try:
            interrupts.end(number, None)
        except KeyboardInterrupt as ended:
            raised = type(ended)
        assert raised is (kind if is_heeded else None)
