"""Any text as a name: refused by the check, or shown by every format and worked out by no spreadsheet."""

from __future__ import annotations

import io
import re
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Draws, InputError
from simulator.answers.files import write_answer
from simulator.charts.study import Study
from simulator.documents.contents import DOCUMENT_FORMATS, document_of, write_document
from simulator.letters import as_seen, is_odd, starts_a_formula
from simulator.questions.sweep.ask import sweep
from simulator.simulation.pipeline import simulate
from tests.builders import checked, cluster_of, line_of, scenario_of

ODD = "=+-@\t\x1b\x85\u00a0\u00ad\u200b\u2028\u202e\ufeff\uf0b7\uffff\u0301\u2607\U0001f642$#<>&[]_*'\"\\"
names = st.text(st.one_of(st.sampled_from(ODD), st.characters()), min_size=1, max_size=12)
seen = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=3, max_size=12).map("N{}".format)


def _scenario(name):
    """Return a small scenario whose cluster, line, title and question have a name."""
    lines, clusters = [line_of(name)], [cluster_of(name), cluster_of("Other")]
    return checked(scenario_of(title=name, service_lines=lines, clusters=clusters))


@settings(max_examples=150, deadline=None)
@given(names)
def test_a_name_that_is_taken_can_be_seen_and_set(name):
    try:
        scenario = _scenario(name)
    except InputError as refused:
        said = str(refused)
    else:
        said = ""
    assert not any(is_odd(one) for one in said if one != "\n")
    if said:
        return
    assert as_seen(name)
    assert not any(map(is_odd, name))
    assert not starts_a_formula(name)
    varied = scenario.vary({f'clusters."{name}".people': 7_000})
    assert varied.settings.clusters[0].people == 7_000


@settings(max_examples=6, deadline=None)
@given(seen | names)
def test_a_name_that_is_taken_is_shown_in_every_format(tmp_path_factory, name):
    try:
        scenario = _scenario(name)
    except InputError:
        return
    folder = tmp_path_factory.mktemp("named")
    document = document_of(Study(simulate(scenario, Draws(100, 1, 1)), 1))
    assert len(write_document(document, folder, tuple(DOCUMENT_FORMATS))) == len(DOCUMENT_FORMATS)
    answer = sweep(scenario, {"rules.surplus.practice_share": [0.1, 0.2]}, draws=Draws(100, 1, 1))
    write_answer(folder / "sweep.xlsx", answer, "sweep")
    for file in ("report.xlsx", "sweep.xlsx"):
        with zipfile.ZipFile(io.BytesIO((folder / file).read_bytes())) as book:
            sheets = [part for part in book.namelist() if part.startswith("xl/worksheets/")]
            assert sheets
            found = {one for part in sheets for one in re.findall(rb"<f>([^<]*)</f>", book.read(part))}
            # Ours alone: places, and the names of terms.
            assert all(re.fullmatch(rb"[\w*(),:!'.&;<> -]+", one) for one in found)
