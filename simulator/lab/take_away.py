"""What a reader takes away: a link, the command's options, a file of policy, a workbook."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from simulator.lab.fields import Words, button, problems_shown, tag
from simulator.lab.job_bar import JobBar
from simulator.lab.policy import as_regime, as_word
from simulator.lab.reader import Reader
from simulator.lab.tasks import EXCEL, CompareTask

_COPY = """async () => {
    LINE.select();
    // Without encryption a browser gives no clipboard to pages of other machines.
    try { await navigator.clipboard.writeText(LINE.value); } catch { document.execCommand("copy"); }
    BUTTON.textContent = "Copied";
    setTimeout(() => { BUTTON.textContent = "Copy"; }, 2000);
}"""
"""Copies a line, and says so."""


class TakeAway:
    """The end of the tab *Policy*."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        with tag("section", "take-away", aria_label="Take it with you"):
            Words("h3", "Take it with you")
            self._link = _line("A link that holds all this, for the same scenario")
            self._command = _line("The same on the command line")
            with tag("div", "buttons"):
                button("Download the policy (TOML)", self._download)
                button("Make an Excel workbook", self._to_excel)
                button("Make the annex", lambda: reader.open_tab("documents"))
            self._problems = tag("div", role="alert")
            self._job = JobBar(reader, "The workbook")

    def show(self) -> None:
        """Show the link and the command as the policy is now."""
        reader = self._reader
        self._link.props["value"] = reader.link
        self._link.update()
        drawn, options = reader.draws, reader.desk.policy.options(reader.lab.regimes)
        how = f"{as_word(reader.scenario.source)} --contracts {drawn.contracts} --seed {drawn.seed}"
        self._command.props["value"] = f"cluster-risk run {how} {options}".rstrip()
        self._command.update()

    def _download(self) -> None:
        reader = self._reader
        with problems_shown(self._problems):
            text = as_regime(reader.varied(), f"A policy of the lab: {reader.scenario.settings.title}"[:80])
            ui.download(text.encode(), "policy.toml", "application/toml")

    def _to_excel(self) -> None:
        reader = self._reader
        with problems_shown(self._problems):
            others = tuple(one.over(reader.scenario, reader.lab.regimes) for one in reader.desk.policies)
            task = CompareTask(reader.scenario, reader.lab.draws, others, to_excel=True)
            self._job.start(task, (EXCEL,))


def _line(label: str) -> Element:
    """Show a line of text with a button that copies it; return where the text stands."""
    words = Words("label", label)
    with tag("div", "copy"):
        line = tag("input", type="text", readonly=True)
        copy = Words("button", "Copy")
        copy.props["type"] = "button"
        copy.props["aria-label"] = f"Copy: {label}"
        copy.on("click", js_handler=_COPY.replace("LINE", _found(line)).replace("BUTTON", _found(copy)))
    words.props["for"] = line.html_id
    return line


def _found(element: Element) -> str:
    return f"document.getElementById('{element.html_id}')"
