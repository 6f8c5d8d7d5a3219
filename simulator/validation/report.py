"""The report of a validation: each published number beside ours, with the verdict."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from simulator.answers.columns import Column
from simulator.answers.printer import Printer
from simulator.errors import InputError, Problem, printable
from simulator.risk.rounding import rounded
from simulator.validation.check import ERRORS_ALLOWED, Check, Verdict
from simulator.validation.register import SECTIONS

_SHOWN = ("published", "ours", "exact", "95% of years", "verdict")
NOTES = (
    "Tolerance, set beforehand: a published number stands for anything that would be printed so (half a unit "
    f"of its last digit), and ours may lie {ERRORS_ALLOWED:g} of its standard errors beyond. What happened "
    "once must meet the interval that holds 95% of simulated years.",
    "Each ± is the longer side of a 95% interval of sampling error. Exact: the same law by Fourier transform "
    "or closed form, without sampling error; ours must agree with it too.",
)


def verdict_counts(checks: Sequence[Check]) -> str:
    """Return how many checks had which verdict, in a sentence."""
    verdicts = [check.verdict for check in checks]
    counts = [f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts]
    return f"{len(checks)} published numbers: {', '.join(counts)}."


def shown(check: Check) -> dict[str, str]:
    """Return a check as text, with the digits that its error allows."""
    published, answer = check.published, check.answer
    value, error = rounded(answer.ours.value, answer.ours.half_width, published.scale)
    number = Decimal(published.printed)
    decimals = 1 - min(int(number.as_tuple().exponent), 0)
    year = answer.year
    return {
        "section": str(published.section),
        "source": published.source,
        "case": published.case,
        "quantity": published.quantity,
        "published": f"{number:,f}{'%' if published.unit == '%' else ''}",
        "ours": f"{value} ±{error}",
        "exact": "" if answer.exact is None else f"{answer.exact / published.scale:,.{decimals}f}",
        "95% of years": f"{year.low / published.scale:.1f} to {year.high / published.scale:.1f}"
        if year
        else "",
        "verdict": check.verdict.value,
        "tuned": answer.tuned,
        "remark": f"{published.remark} {answer.found}".strip(),
    }


def print_validation(checks: Sequence[Check], printer: Printer) -> None:
    """Print every check, by section, and what must be known about them."""
    for section, title in SECTIONS.items():
        rows = [shown(check) for check in checks if check.published.section == section]
        if rows:
            _print_section(f"{section}. {title}", rows, printer)
    for note in NOTES:
        printer.line(note)
    printer.line(verdict_counts(checks))


def _print_section(title: str, rows: list[dict[str, str]], printer: Printer) -> None:
    names = [row["case"] for row in rows]
    cases = ["" if at and names[at - 1] == name else name for at, name in enumerate(names)]
    columns = [Column("case", tuple(cases), left=True)]
    columns.append(Column("quantity", tuple(row["quantity"] for row in rows), left=True))
    columns += [
        Column(heading, tuple(row[heading] for row in rows), left=heading == "verdict")
        for heading in _SHOWN
        if any(row[heading] for row in rows)
    ]
    printer.text_table(title, columns, rows_apart=0)
    for tuned in dict.fromkeys((row["case"], row["tuned"]) for row in rows if row["tuned"]):
        printer.line(f"Tuned, {': '.join(tuned)}.")
    for remark in dict.fromkeys(row["remark"] for row in rows if row["remark"]):
        about = [row for row in rows if row["remark"] == remark]
        printer.line(f"{about[0]['case']}, {', '.join(row['quantity'] for row in about)}: {remark}")
    printer.line()


def check_new_file(target: Path) -> None:
    """Refuse a file that exists, or whose folder does not."""
    if target.exists():
        given, hint = "something that exists", "choose another name"
    elif not target.parent.is_dir():
        given, hint = "a folder that does not exist", "make the folder first"
    else:
        return
    raise InputError(
        [Problem(f"--out {printable(target)}", "a new file in a folder that exists", given, hint)]
    )


def write_checks(checks: Sequence[Check], target: Path) -> None:
    """Write every check as CSV: as shown, and then in full precision; whole or not at all."""
    rows = [shown(check) | _numbers(check) for check in checks]
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-unfinished-", dir=target.parent)
    partial = Path(name)
    try:
        os.close(handle)
        with partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        partial.chmod(0o644)
        # Somebody may have made the file while the simulation ran.
        check_new_file(target)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


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
        "year_low": check.answer.year.low if check.answer.year else None,
        "year_high": check.answer.year.high if check.answer.year else None,
    }
    scale = published.scale
    written = {name: "" if value is None else repr(value / scale) for name, value in numbers.items()}
    return {"unit": published.unit} | written
