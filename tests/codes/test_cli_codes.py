"""The command `medcoding codes`: what is installed, adding official and licensed files."""

from __future__ import annotations

from pathlib import Path

import pytest
from medcoding.cli import main


@pytest.fixture(autouse=True)
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "official"))
    monkeypatch.setenv("MEDCODING_LICENSED", str(tmp_path / "licensed"))
    return tmp_path


def test_list_counts_the_books_of_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "list"]) == 0
    printed = capsys.readouterr().out
    for words in ("ICD-10-CM", "74,719", "ICD-10-PCS", "79,115", "HCPCS Level II", "teaching table"):
        assert words in printed


def test_a_file_of_no_known_kind_is_refused_and_nothing_kept(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stores / "letter.txt"
    file.write_text("Dear coder,\nplease find enclosed nothing.\n")
    assert main(["codes", "add", str(file)]) == 1
    assert "letter.txt" in capsys.readouterr().err
    assert not any(path.is_file() and path.suffix != ".lock" for path in (stores / "official").rglob("*"))


def test_a_missing_file_is_said_clearly(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "add", str(stores / "nowhere.xml")]) == 1
    assert "nowhere.xml" in capsys.readouterr().err


def test_a_licensed_file_stays_on_the_machine_and_serves_descriptors(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from medcoding.codes import cpt

    file = stores / "ours.csv"
    file.write_text("code,descriptor,service\n90999,words of our own licence,svc:im-injection\n")
    assert main(["codes", "add", "--licensed", str(file)]) == 0
    assert "words of our own licence" not in capsys.readouterr().out
    assert cpt.descriptor("90999") == "words of our own licence"
    (kept,) = (stores / "licensed").rglob("*.json")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_licensed_file_without_its_columns_is_refused(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stores / "ours.csv"
    file.write_text("a,b\n1,2\n")
    assert main(["codes", "add", "--licensed", str(file)]) == 1
    assert "ours.csv" in capsys.readouterr().err
