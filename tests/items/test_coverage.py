"""What is covered is counted, and each kind of gap is a sentence and a failing exit."""

from __future__ import annotations

from pathlib import Path

import pytest
from medcoding.cli import main
from medcoding.items.bank import Bank
from medcoding.items.coverage import GuideProblem, coverage, read_guide

ITEM = """\
- id: {id}
  lesson: {lesson}
  form: choice
  use: {use}
  title: Which is it
  objectives: {objectives}
  domains: [P14]
  question: Which?
  key:
    options:
      - {{text: One, correct: true}}
      - {{text: Another, feedback: It is not.}}
  rationale: It is so.
  citations:
    - {{guideline: I.A.13}}
"""
LESSON = "id: {id}\nnotebook: {notebook}\ntitle: {title}\nminutes: 30\nobjectives: [Do one thing., Do another.]\n"
SECTION = {"id": "a-part", "title": "A part", "claims": "It is so.", "today": "Still.", "lessons": ["05-01"]}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    module = tmp_path / "bank" / "05-sample"
    module.mkdir(parents=True)
    (module / "01-one.lesson.yaml").write_text(LESSON.format(id="05-01", notebook="01-one", title="One"))
    (module / "01-one.yaml").write_text(
        ITEM.format(id="first-of-all", lesson="05-01", use="graded", objectives=[1]) + ITEM.format(id="next-of-all", lesson="05-01", use="practice", objectives=[1, 2])
    )
    guide(tmp_path, SECTION)
    return tmp_path


def guide(course: Path, *sections: dict) -> None:
    import yaml

    (course / "guide.yaml").write_text(yaml.safe_dump(list(sections)))


def found(course: Path):
    return coverage(Bank(course / "bank"), read_guide(course / "guide.yaml"))


def test_items_are_counted_by_objective_domain_and_section(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = found(course)
    assert whole.gaps == ()
    (row,) = whole.lessons
    assert [(one.graded, one.practice) for one in row.objectives] == [(1, 1), (0, 1)]
    assert (row.graded, row.practice, row.domains, row.sections) == (1, 1, (("P14", 2),), ("a-part",))
    assert dict(whole.domains)["P14"] == 2 and dict(whole.domains)["S5"] == 0
    assert [(section.id, items) for section, items in whole.guide] == [("a-part", 2)]
    assert main(["coverage", "--bank", str(course / "bank"), "--objectives"]) == 0
    out = capsys.readouterr().out
    assert "Do another." in out and "1 lessons, 2 objectives, 2 items, 1 guide sections, 0 gaps." in out


def test_each_kind_of_gap_is_told_and_fails(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = course / "bank" / "05-sample"
    (module / "01-one.yaml").write_text(ITEM.format(id="first-of-all", lesson="05-01", use="graded", objectives=[1]))
    (module / "02-two.lesson.yaml").write_text(LESSON.format(id="05-02", notebook="02-two", title="Two"))
    guide(course, SECTION, {**SECTION, "id": "b", "lessons": []}, {**SECTION, "id": "c", "lessons": ["05-02", "16-01"]},
          {**SECTION, "id": "d", "left_out": "Advertising."}, {**SECTION, "id": "e", "facts": ["no-such-fact"]},
          {**SECTION, "id": "f", "lessons": [], "left_out": "Advertising."})
    assert list(found(course).gaps) == [
        "Lesson 05-01, objective 2 (Do another.) has no item.",
        "Lesson 05-02 has no item.",
        "Lesson 05-02, objective 1 (Do one thing.) has no item.",
        "Lesson 05-02, objective 2 (Do another.) has no item.",
        "Guide section b (A part) is taught by no lesson that has items: none is named.",
        "Guide section c (A part) is taught by no lesson that has items: 05-02, 16-01.",
        "Guide section c names lesson 16-01, which does not exist.",
        "Guide section d names lessons and says why it is left out; one of both is wrong.",
        "Guide section e names the fact 'no-such-fact', which does not exist.",
    ]
    assert main(["coverage", "--bank", str(course / "bank")]) == 1
    assert "9 gaps." in capsys.readouterr().out


def test_a_module_covers_all_its_lessons(course: Path) -> None:
    guide(course, {**SECTION, "lessons": ["05"]})
    assert found(course).guide[0][1] == 2


@pytest.mark.parametrize(("text", "words"), [
    ("", "holds NoneType; expected a list"), ("a: 1", "holds dict"), ("- [", "cannot be read"), ("- 3", "section 1"),
    ("- {id: a, title: A, claims: C}", "section 1: today: Field required"),
    ("- {id: a, title: A, claims: C, today: T, lessons: [5-1]}", "section 1: lessons.0"),
    ("- {id: a, title: A, claims: C, today: T, lesson: ['05-01']}", "section 1: lesson: Extra inputs"),
    ("- {id: a, title: A, claims: C, today: T}\n- {id: a, title: A, claims: C, today: T}", "names a more than once"),
])
def test_a_guide_that_cannot_be_used_is_named(course: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    (course / "guide.yaml").write_text(text)
    with pytest.raises(GuideProblem, match=words):
        read_guide(course / "guide.yaml")
    assert main(["coverage", "--bank", str(course / "bank")]) == 1
    assert words in capsys.readouterr().err


def test_a_missing_guide_is_named(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "guide.yaml").unlink()
    assert main(["coverage", "--bank", str(course / "bank")]) == 1
    assert "There is no" in capsys.readouterr().err
