"""How the numbers are made, and what the scenario's file says they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.answers.table import Table, text
from simulator.documents.blocks import Block, Cited, Heading, Paragraph, Section, TableBlock
from simulator.documents.checks import CHECKED, MISFITS
from simulator.documents.quotes import Quotes
from simulator.plain_words import listed, per_cent_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.comments import comments_of
from simulator.scenario.doubts import unsure_of
from simulator.scenario.files import KeyPath as Path
from simulator.scenario.files import lines_by_path
from simulator.scenario.keys import apply_overrides
from simulator.scenario.regimes import Regime, lay_over
from simulator.scenario.scenario import Scenario
from simulator.uncertain import FORM_KEYS

MARKS = {
    "read": re.compile(r"\bread\b", re.IGNORECASE),
    "derived": re.compile(r"\bderived\b", re.IGNORECASE),
    "assumption": re.compile(r"\b(assumptions?|illustrative)\b", re.IGNORECASE),
    # As `fit` writes them, at the start.
    "fitted": re.compile(r"^fitted: "),
    "prior": re.compile(r"^prior: "),
}
NOT_STATED = "not stated"
_OF_DOCUMENTS = "document"
"""What documents say besides: no figure depends on it."""
_WITHOUT_A_FIGURE = {"title", "question", "name"}
_IN_THE_WORKBOOK = {"title", "numpy", "python"}
"""What no reader of a page asks for: the title stands on the cover."""
_MISFIT_WIDTHS = (5.2, 1.9, 2.0, 4.1)
_COMMAND = re.compile(r"\bcluster-risk \w")


def method(quotes: Quotes) -> Section:
    """Say how the numbers are made, and what they cannot say."""
    result = quotes.study.result
    how = (
        f"The agreement was simulated {result.contracts:,} times. Each time chance decides how many cases of "
        "every kind of care there are and what each costs, about what people, rates and shocks lead to "
        "expect; budgets are set, and the rules settle every pound."
    )
    settings = quotes.study.scenario.settings
    if settings.doubt.carried and (unsure := unsure_of(settings)):
        how += f" What is not known of {listed(unsure)} is drawn once for each contract."
    errors = (
        "The ± after a number is the longer side of a 95% interval of sampling error: what other draws of "
        "chance might have given. Numbers are rounded to match it. The same scenario and seed give the same "
        "numbers."
    )
    headings = ("Does not fit", "Published", "Here", "What that means")
    rows = [(one.case, one.published, one.ours, one.meaning) for one in MISFITS]
    misfits = words_table("checks", "The checks that do not fit", headings, rows, _MISFIT_WIDTHS)
    return Section(
        (
            Heading(1, "How the numbers are made"),
            Paragraph((how,)),
            Paragraph((errors,)),
            Heading(2, "What it was checked against"),
            quotes.sentence(ALL_CLUSTERS, CHECKED, table=Cited("Table", misfits.table.name, "a table")),
            misfits,
            Paragraph((_local(quotes),)),
        )
    )


def _local(quotes: Quotes) -> str:
    """Return whether what these clusters spent is in the numbers."""
    if knows_its_past(quotes.study.scenario):
        return "Past spend of the clusters is in the numbers; no later outturn was compared with them."
    said = (
        "No outturn of these clusters was at hand, and nothing that they spent is in the numbers: these are "
        "stated rates of care and cost, applied to the people on their lists. Their level may be wrong"
    )
    shown = "depends_on" in quotes.study.scenario.settings.document.sections
    return f"{said}{': “One setting at a time” says what that would change' * shown}."


def knows_its_past(scenario: Scenario) -> bool:
    """Return whether what the clusters spent is in the numbers, as past spend or by a fit to it."""
    return bool(scenario.settings.budgets.historic.csv or assumptions_of(scenario).counted("fitted"))


def provenance_section(facts: tuple[tuple[str, str], ...], said: Sequence[Block] = ()) -> Section:
    """Show what a reader needs to make the numbers again, below what is `said` of them."""
    # What was not laid over it is no fact.
    rows = [(what, value) for what, value in facts if what not in _IN_THE_WORKBOOK and value != "none"]
    table = words_table("", "What was run", ("What", "Value"), rows, (2.0, 5.0))
    return Section((Heading(1, "Where the numbers come from"), *said, table))


def words_table(
    name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: tuple[float, ...]
) -> TableBlock:
    """Return a table of words from its rows."""
    columns = map(text, headings, zip(*rows, strict=True))
    return TableBlock(Table(name, title, tuple(columns)), widths)


@dataclass(frozen=True, slots=True)
class Figure:
    """One key of a scenario file."""

    key: str  # its path in what was run, rules by their names: as `Move` has it
    group: str  # first name of its path, such as ``shocks``
    name: str  # the rest, in words
    value: str  # as it was run
    basis: str  # whether it was read, derived or assumed, as far as the file says
    remark: str  # the file's comment


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a scenario file says of its figures."""

    figures: tuple[Figure, ...]  # in the file's order
    # Comments that stand alone, by the group that they stand in or before; the opening ones under "".
    notes: Mapping[str, tuple[str, ...]]

    def counted(self, basis: str) -> int:
        """Return how many figures have a word in their basis."""
        return sum(basis in figure.basis for figure in self.figures)


def assumptions_of(scenario: Scenario) -> Assumptions:
    """Return every figure of a scenario's file with its comment, and what was laid over the file."""
    laid, in_regimes = lay_over(scenario.given, {}, scenario.regimes)
    changed, laid_over = apply_overrides(laid, scenario.overrides)
    figures: list[Figure] = []
    notes: dict[str, list[str]] = {}
    waiting: list[str] = []
    seen: set[Path] = set()
    for entry in comments_of(scenario.text):
        if entry.note is not None:
            waiting.append(entry.note)
            continue
        # What stands above the first table says what the whole file is.
        said = notes.setdefault(str(entry.path[0]) if seen else "", [])
        said += _paragraphs([*waiting, *entry.remarks[: entry.is_header]])
        waiting = []
        if not entry.is_header:
            path, remark = _path_now(entry.path, scenario.given, changed), " ".join(entry.remarks)
            seen.add(path)
            is_gone = _around(path) & laid_over.keys() or {path, *_around(path)} & in_regimes.keys()
            if (remark or path[-1] not in _WITHOUT_A_FIGURE) and not is_gone:
                figures.append(_figure(path, remark, changed, laid_over))
    notes.setdefault(figures[-1].group if figures else "", []).extend(_paragraphs(waiting))
    remarks = {place: said for regime in scenario.regimes for place, said in _remarks(regime, notes)}
    tables = {path[:-1] for path in in_regimes}
    for path, place in in_regimes.items():
        if path not in tables and not _around(path) & laid_over.keys():
            seen.add(path)
            remark = f"Set by {place}. {remarks.get(place, '')}".strip()
            figures.append(_figure(path, remark, changed, laid_over))
    known = seen | laid_over.keys()
    added = [path for path in laid_over if path not in seen and not _around(path) & known]
    figures += [_figure(path, "", changed, laid_over) for path in added]
    notes.pop(_OF_DOCUMENTS, None)
    return Assumptions(
        tuple(one for one in figures if one.group != _OF_DOCUMENTS),
        {group: tuple(said) for group, said in notes.items() if said},
    )


def _remarks(regime: Regime, notes: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield where each key of a regime stands and what the file says of it; note what the file opens with."""
    lines, opening = lines_by_path(regime.text), []
    for entry in comments_of(regime.text):
        if entry.path in lines:
            yield f"{regime.source}, line {lines[entry.path]}", " ".join(entry.remarks)
        elif entry.note is not None:
            opening.append(entry.note)
    notes[""] = [*notes.get("", ()), *_paragraphs(opening)]


def _paragraphs(notes: list[str]) -> list[str]:
    """Join the lines of comments; an empty one ends a paragraph, one that names a command is for users."""
    text = "\n".join("" if _COMMAND.search(note) else note for note in notes)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _path_now(path: Path, given: Mapping[str, Any], changed: Mapping[str, Any]) -> Path:
    """Return where a file's key stands in what was run: a rule that was added may stand before its own."""
    if path[0] == "rules" and len(path) > 1:
        kind = given["rules"][path[1]].get("rule")
        places = [at for at, rule in enumerate(changed["rules"]) if rule.get("rule") == kind]
        path = ("rules", *(places or path[1:2]), *path[2:])
    return path


def _around(path: Path) -> set[Path]:
    """Return the paths of the tables that a key stands in."""
    return {path[:steps] for steps in range(1, len(path))}


def _figure(path: Path, remark: str, changed: Mapping[str, Any], laid_over: Mapping[Path, str]) -> Figure:
    """Return a key's figure; `remark` is what the file says of it."""
    words, value, key = [], changed[str(path[0])], str(path[0])
    for step in path[1:]:
        value = value[step]
        key += f".{value.get('rule', step) if isinstance(step, int) and isinstance(value, dict) else step}"
        # Tables in lists go by their names.
        name = value.get("name", value.get("rule", step + 1)) if isinstance(step, int) else None
        words.append(_words(str(step)) if name is None else str(name).replace("_", " "))
    basis = basis_of(remark)
    set_here = [said.removeprefix("--set ") for over, said in laid_over.items() if over[: len(path)] == path]
    if set_here:
        before = f" The file says: {remark}" if remark else ""
        remark = f"Set for this document ({', '.join(dict.fromkeys(set_here))}).{before}"
        basis = NOT_STATED
    group = str(path[0])
    name = ": ".join(words) or group.replace("_", " ")
    return Figure(key, group, name, _shown(value, str(path[-1])), basis, remark)


def basis_of(remark: str) -> str:
    """Return whether a figure was read, derived, assumed or fitted, as a remark on it says."""
    return ", ".join(mark for mark, pattern in MARKS.items() if pattern.search(remark)) or NOT_STATED


def _words(key: str) -> str:
    """Return a key in words, with the sign of pounds where it says so."""
    words = key.split("_")
    pounds = [" (£)"] if "gbp" in words else []
    return " ".join(word for word in words if word != "gbp") + "".join(pounds)


def _shown(value: Any, key: str) -> str:
    """Return what a key was set to, as a reader writes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() if "share" in key.split("_"):
            return per_cent_of(value)
        case int() | float():
            # A year is no amount: it has no comma.
            return f"{value:,}" if abs(value) >= 10_000 else f"{value}"
        case list():
            return ", ".join(_shown(one, key) for one in value) or "none"
        case dict() if set(value) <= FORM_KEYS:
            return ", ".join(f"{name} {_shown(one, key)}" for name, one in value.items())
        case dict():
            return ", ".join(f"{_words(name)} {_shown(one, name)}" for name, one in value.items())
        case _:
            return str(value).replace("_", " ") if re.fullmatch(r"[a-z0-9_]+", str(value)) else str(value)
