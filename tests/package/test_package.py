"""The distribution: what the wheel and the sdist hold, and what they must not."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from minicourse import ROOT

pytestmark = pytest.mark.package


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_only_the_package(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name for name in names if not name.startswith("medcoding/") and ".dist-info/" not in name]
    assert [name.split("/data/")[-1] for name in inside] == ["etc/jupyter/jupyter_server_config.d/medcoding.json"]
    for needed in ("medcoding/data/facts.yaml", "medcoding/data/icd10cm_synonyms.yaml", "medcoding/widgets/static/base.js"):
        assert needed in names
    assert not any("bank" in Path(name).parts for name in names)


def test_the_sdist_holds_no_bank_and_no_notebook(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert not any("/course/bank" in name or name.endswith(".ipynb") for name in names)


def test_constraints_pin_names_and_versions_only() -> None:
    import re

    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert len(lines) > 80
    assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line)]
