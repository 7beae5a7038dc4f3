"""A graded class to look at: three students with right, wrong and written answers, through nbgrader's own autograde."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from medcoding.cli import main
from minicourse import IMPORTS, WRITING_ITEM, MiniCourse, exercise_cell

WRITTEN = {
    "ada": "Creatinine rose from 0.9 to 2.4. Please document the condition.",
    "bob": "=HYPERLINK(\"https://example.org\",\"my text\")",
    "cyd": "Would you add an MCC? <script>alert(1)</script>\x1b[31m",
    "dee": "",
}


@pytest.fixture(scope="session")
def _graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = MiniCourse(tmp_path_factory.mktemp("graded") / "course")
    course.items_file.write_text(course.items_file.read_text(encoding="utf-8") + WRITING_ITEM, encoding="utf-8")
    course.write("one", [IMPORTS, exercise_cell("which-order"), exercise_cell("heart-of-the-matter"), exercise_cell("a-shot-in-the-arm", 2),
                         exercise_cell("ask-the-attending", 4)])
    course.releases().release("05")
    right = {item: answer for item, (_, answer) in course.key_answers().items()}
    for student, text in WRITTEN.items():
        answers = {**right, "ask-the-attending": {"text": text}}
        if student == "ada":
            answers["heart-of-the-matter"] = {"codes": ["I42.9", "I43"]}
        course.submit(student, answers)
    for student, result in course.autograde(*WRITTEN).items():
        assert result["success"], (student, result.get("log"))
    return course.root


@pytest.fixture
def graded_class(_graded_once: Path, tmp_path: Path) -> MiniCourse:
    """Four students, graded: ada has one exercise wrong, dee wrote nothing; each text waits for a grader."""
    shutil.copytree(_graded_once, tmp_path / "course", symlinks=True)
    return MiniCourse(tmp_path / "course", copied=True)


@pytest.fixture
def run(course: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a command of `medcoding` in the folder of the module's `course`; gives exit code and all that was printed."""
    monkeypatch.chdir(course.root)

    def run(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        out = capsys.readouterr()
        return code, out.out + out.err

    return run
