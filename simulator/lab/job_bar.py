"""A job on the page: how far it is, a button to stop it, and what has come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from nicegui import ui

from simulator.lab.fields import Words, button, focus, show_problems, tag
from simulator.lab.jobs import Job, State
from simulator.lab.reader import Reader
from simulator.lab.tasks import Task, Told

_LOOK_SECONDS = 0.3
_SAID = {
    State.WAITING: "{} waits for its turn.",
    State.RUNNING: "{} is being worked out.",
    State.DONE: "{} is ready.",
    State.REFUSED: "{} cannot be worked out:",
    State.FAILED: "{} could not be worked out:",
    State.CANCELLED: "{} was cancelled; nothing was kept.",
}


class JobBar:
    """Shows one job after the other."""

    def __init__(
        self,
        reader: Reader,
        what: str,
        done: Callable[[Told], None] = lambda result: None,
        ready: str = _SAID[State.DONE],
    ) -> None:
        self._reader, self._what, self._done, self._ready = reader, what, done, ready
        self._job: Job | None = None
        self._files: tuple[str, ...] = ()
        with tag("div", "job") as self._place:
            self._said = Words("p", "")
            self._said.props["role"] = "status"
            self._said.props["tabindex"] = "-1"
            with tag("div", "progress") as self._bar:
                self._progress = tag("progress", aria_label=f"{what}: progress")
                button("Cancel", self._stop)
            self._problems = tag("div", role="alert")
            self._links = ui.html("", sanitize=False)
        self._bar.set_visibility(False)
        # Somebody who leaves wants nothing made any more.
        reader.client.on_delete(self.cancel)
        self._timer = ui.timer(_LOOK_SECONDS, self._look, active=False)

    def start(self, task: Task, files: Sequence[str] = ()) -> None:
        """Take a task on in place of the one before; InputError for one that is not taken on."""
        self.cancel()
        self._job, self._files = self._reader.lab.jobs.submit(task), tuple(files)
        self._links.set_content("")
        show_problems(self._problems, ())
        self._bar.set_visibility(True)
        self._timer.activate()
        self._look()

    @property
    def folder(self) -> Path | None:
        """Where the files are of what was made; None while there are none."""
        return self._job.folder if self._job is not None and self._job.state is State.DONE else None

    def cancel(self) -> None:
        """Stop what is being made."""
        if self._job is not None and not self._job.state.is_over:
            self._job.cancel()

    def _stop(self) -> None:
        self.cancel()
        # The button goes: its reader goes on where it says what has come of it.
        focus(self._said)

    def _look(self) -> None:
        job = self._job
        if job is None:
            return
        state = job.state
        words = self._ready if state is State.DONE else _SAID[state]
        self._said.set_text(words.format(self._what))
        if job.of:
            self._progress.props["value"], self._progress.props["max"] = job.done, job.of
            self._progress.update()
        if not state.is_over:
            return
        self._timer.deactivate()
        self._bar.set_visibility(False)
        show_problems(self._problems, job.problems)
        if state is State.DONE and job.result is not None:
            self._links.set_content(_links(job, self._files or tuple(job.result.json.get("files", ()))))
            self._done(job.result)


def _links(job: Job, files: Sequence[str]) -> str:
    """Return links to the files of a job."""
    items = []
    for name in files:
        size = (job.folder / name).stat().st_size
        address = f"/api/jobs/{job.name}/files/{escape(name, quote=True)}"
        items.append(f'<li><a href="{address}" download>{escape(name)}</a> ({size / 1e3:,.0f} kB)</li>')
    return f'<ul class="files">{"".join(items)}</ul>' if items else ""
