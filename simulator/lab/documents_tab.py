"""The tab *Documents*: the prospectus annex, made while its reader watches or goes on."""

from __future__ import annotations

from simulator.lab.fields import Chooser, Words, button, problems_shown, switch, tag
from simulator.lab.job_bar import JobBar
from simulator.lab.reader import Part, Reader
from simulator.lab.tasks import AnnexTask

_FORMATS = {
    "html": "Web page, for a telephone, a desk and a screen reader",
    "pdf": "PDF, for print",
    "docx": "Word, to go on writing",
    "xlsx": "Excel, with every number",
}
_AS_GIVEN, _POLICY = "given", "policy"


class DocumentsTab(Part):
    """What the tab shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._formats = {"html": True, "pdf": True, "docx": False, "xlsx": False}
        self._whose, self._title = _POLICY, ""
        with tag("section", "one-column", aria_label="The prospectus annex"):
            Words("h2", "The prospectus annex")
            Words(
                "p",
                "An annex for all clusters and a page for each: what is likely, what bonds cover, who "
                "gains and loses, every assumption. It takes about a minute.",
            )
            of = Chooser("Under which rules", self._choose)
            of.show(
                {_POLICY: "The policy on the first tab, as it is now", _AS_GIVEN: "The scenario as given"},
                _POLICY,
            )
            self._show_title()
            with tag("fieldset"):
                Words("legend", "Formats")
                for name, words in _FORMATS.items():
                    self._offer(name, words)
            with tag("div", "buttons"):
                button("Make the annex", self._make, "main")
            self._problems = tag("div", role="alert")
            self._job = JobBar(reader, "The annex", ready="{} is ready. Choose a file to download it:")

    def _show_title(self) -> None:
        with tag("div", "field"):
            words = Words("label", "Title (the scenario's own where you leave it empty)")
            line = tag("input", "line", type="text", maxlength="80", autocomplete="off")
            line.on(
                "change", lambda event: self._call(str(event.args)), js_handler="(e) => emit(e.target.value)"
            )
            words.props["for"] = line.html_id

    def _offer(self, name: str, words: str) -> None:
        def choose(on: bool) -> None:
            self._formats[name] = on

        switch(words, self._formats[name], choose)

    def _call(self, title: str) -> None:
        self._title = title.strip()

    def _choose(self, whose: str) -> None:
        self._whose = whose

    def _make(self) -> None:
        reader = self._reader
        scenario = reader.varied() if self._whose == _POLICY else reader.scenario
        formats = tuple(name for name, on in self._formats.items() if on)
        with problems_shown(self._problems):
            self._job.start(AnnexTask(scenario, reader.lab.draws, formats, self._title or None))
