"""The sections, running them, and the report: each published number beside ours, with the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from simulator.answers.files import versions, write_tables
from simulator.answers.printer import Printer
from simulator.answers.table import Table, text
from simulator.execution.blocks import Workers, run_blocks
from simulator.risk.in_words import rounded
from simulator.simulation.draws import SettledDraws
from simulator.validation import mathematics, medicare_groups, population_size, what_happened
from simulator.validation.outturns import SEED
from simulator.validation.published import ERRORS_ALLOWED, Answer, Check, Published, Verdict, load_published

Answers = Callable[[Mapping[str, Published]], Iterator[tuple[str, Answer]]]

ANSWERS: tuple[tuple[int, Answers], ...] = (
    (1, mathematics.compounds),
    (4, mathematics.closed_forms),
    (5, medicare_groups.answers),
    (3, what_happened.consortia),
    (3, what_happened.practices),
    (2, population_size.answers),
)
"""Who answers for the published numbers of each section, in an order in which two processes, given two parts
each and then one at a time, end together."""
SECTIONS = {
    1: "Exact compound distributions",
    2: "Risk by population size",
    3: "What really happened",
    4: "Closed forms for the rules",
    5: "Published outturns",
}
_SHOWN = ("origin", "published", "ours", "exact", "95% of repeats", "verdict")
NOTES = (
    "Tolerance, set beforehand: a published number stands for anything that would be printed so (half a unit "
    f"of its last digit), and ours may lie {ERRORS_ALLOWED:g} of its standard errors beyond. What happened "
    "once, or was simulated a hundred times, must meet the interval that holds 95% of our repeats of it.",
    "Recomputed: by running the source's method again, as the figure itself was not read there. Closed form: "
    "the number is mathematics. Derived: our arithmetic on the data of the source, with a tolerance "
    "of its own, set beforehand. All else stands in its source.",
    "Each ± is the longer side of a 95% interval of sampling error. Exact: the same law by Fourier transform "
    "or closed form, without sampling error; ours must agree with it too.",
)


def validate(
    published: Collection[Published] | None = None,
    sections: Collection[int] = tuple(SECTIONS),
    progress: Callable[[int], None] = lambda checks_done: None,
    workers: Workers = 1,
) -> tuple[Check, ...]:
    """Hold the simulator against published numbers; whichever process answers, it says the same."""
    workers = SettledDraws(mathematics.DRAWS, SEED, workers).workers  # checked, as everywhere
    wanted = [one for one in published or load_published() if one.section in sections]
    by_key = {one.key: one for one in wanted}
    found: dict[str, Answer] = {}
    asked = [answers for section, answers in ANSWERS if section in sections]
    for _, answered in run_blocks(partial(_answered, by_key), asked, workers):
        for key, answer in answered:
            found[key] = answer
            progress(len(found))
    if unasked := found.keys() - by_key.keys():
        raise ValueError(f"answers to nothing published: {', '.join(sorted(unasked))}")
    return tuple(Check(one, found[one.key]) for one in wanted)


def _answered(published: Mapping[str, Published], answers: Answers) -> list[tuple[str, Answer]]:
    return list(answers(published))


def told_counts(rows: Sequence[Mapping[str, str]]) -> str:
    """Return how many checks, as shown, had which verdict, and how many numbers nobody printed."""
    verdicts = [row["verdict"] for row in rows]
    counts = [f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts]
    origins = Counter(row["origin"] for row in rows if row["origin"])
    unprinted = ", ".join(f"{count} {origin}" for origin, count in origins.items())
    return f"{len(rows)} numbers{f' ({unprinted})' if unprinted else ''}: {', '.join(counts)}."


def shown(check: Check) -> dict[str, str]:
    """Return a check as text, with the digits that its error allows."""
    published, answer = check.published, check.answer
    value, error = rounded(answer.ours.value, answer.ours.half_width, published.scale)
    number = Decimal(published.printed)
    decimals = 1 - min(int(number.as_tuple().exponent), 0)
    ends = (answer.repeats.low, answer.repeats.high) if answer.repeats else ()
    repeats = " to ".join(f"{end / published.scale:.1f}" for end in ends)
    return {
        "section": str(published.section),
        "source": published.source,
        "origin": published.origin.value,
        "case": published.case,
        "quantity": published.quantity,
        "published": f"{number:,f}{'%' if published.unit == '%' else ''}",
        "ours": f"{value} ±{error}",
        "exact": "" if answer.exact is None else f"{answer.exact / published.scale:,.{decimals}f}",
        "95% of repeats": repeats,
        "verdict": check.verdict.value,
        "tuned": answer.tuned,
        "remark": f"{published.remark} {answer.found}".strip(),
    }


def tables_of(checks: Sequence[Check]) -> Iterator[tuple[Table, list[str]]]:
    """Yield a table for each section, and what must be known about it."""
    for section, title in SECTIONS.items():
        rows = [shown(check) for check in checks if check.published.section == section]
        if not rows:
            continue
        names = [row["case"] for row in rows]
        cases = ["" if at and names[at - 1] == name else name for at, name in enumerate(names)]
        headings = ("quantity", *(heading for heading in _SHOWN if any(row[heading] for row in rows)))
        columns = (text(heading, [row[heading] for row in rows]) for heading in headings)
        tuned = dict.fromkeys((row["case"], row["tuned"]) for row in rows if row["tuned"])
        remarks = [f"Tuned, {': '.join(one)}." for one in tuned]
        for remark in dict.fromkeys(row["remark"] for row in rows if row["remark"]):
            about = [row for row in rows if row["remark"] == remark]
            quantities = ", ".join(row["quantity"] for row in about)
            remarks.append(f"{about[0]['case']}, {quantities}: {remark}")
        yield Table(f"section {section}", f"{section}. {title}", (text("case", cases), *columns)), remarks


def print_validation(checks: Sequence[Check], printer: Printer) -> None:
    """Print every check, by section, and what must be known about them."""
    for table, remarks in tables_of(checks):
        printer.table(table)
        for remark in remarks:
            printer.line(remark)
        printer.line()
    for note in NOTES:
        printer.line(note)
    printer.line(told_counts([shown(check) for check in checks]))


def write_checks(checks: Sequence[Check], target: Path, *, replace: bool = False) -> None:
    """Write every check as CSV or Excel: as shown, and then in full precision; whole or not at all."""
    import pandas as pd

    rows = [shown(check) | _numbers(check) for check in checks]
    origin = {"title": "Published results, and what the simulator makes of them"} | versions()
    tables = [table for table, _ in tables_of(checks)]
    origin["answer"] = told_counts(rows)
    write_tables(target, tables, pd.DataFrame(rows), origin, replace=replace)


def _numbers(check: Check) -> dict[str, str]:
    """Return a check's numbers in the published unit; an empty text where there is none."""
    published, ours = check.published, check.answer.ours
    numbers = {
        "published_low": published.interval.low,
        "published_high": published.interval.high,
        "ours_value": ours.value,
        "ours_low": ours.low,
        "ours_high": ours.high,
        "allowed_beyond": check.allowed,
        "exact_value": check.answer.exact,
        "repeats_low": check.answer.repeats.low if check.answer.repeats else None,
        "repeats_high": check.answer.repeats.high if check.answer.repeats else None,
    }
    scale = published.scale
    written = {name: "" if value is None else repr(value / scale) for name, value in numbers.items()}
    return {"unit": published.unit} | written
