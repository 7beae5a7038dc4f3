"""answers.json as a file, and single answers in it."""

from __future__ import annotations

import json
import os
import pickle

from attacks.planted import EARNED, ITEM, answers, put

AS_NUMBER = '"revision": 7'


@answers("cut off in the middle", "is not JSON")
def _answers_truncated(data: dict) -> bytes:
    return json.dumps(data).encode()[:-30]


@answers("a program's object in place of data (a pickle that would run a command)", "is not JSON")
def _answers_pickle(data: dict) -> bytes:
    class Run:
        def __reduce__(self):
            return os.system, ("touch /tmp/medcoding-was-run",)

    return pickle.dumps(Run())


@answers("the same name twice in an object", "a name stands twice")
def _answers_duplicate_keys(data: dict) -> str:
    return json.dumps(data).replace('"schema_version": 1', '"schema_version": 1, "schema_version": 1', 1)


@answers("NaN, which is no JSON", "NaN is not JSON")
def _answers_nan(data: dict) -> str:
    return json.dumps(put(data, revision=7)).replace(AS_NUMBER, '"revision": NaN', 1)


@answers("a number beyond all numbers", "beyond every number")
def _answers_infinite(data: dict) -> str:
    return json.dumps(put(data, revision=7)).replace(AS_NUMBER, '"revision": 1e999', 1)


@answers("a number of a million digits", "is not JSON")
def _answers_long_number(data: dict) -> str:
    return json.dumps(put(data, revision=7)).replace(AS_NUMBER, f'"revision": {"9" * 1_000_000}', 1)


@answers("nested five thousand deep", "is nested 5001 deep")
def _answers_deep(data: dict) -> str:
    return '{"schema_version": 1, "answers": ' + "[" * 5000 + "]" * 5000 + "}"


@answers("two million brackets", "bytes; at most 2,000,000 are read")
def _answers_brackets(data: dict) -> str:
    return "[" * 2_000_001


@answers("a lone surrogate", "is not JSON")
def _answers_surrogate(data: dict) -> str:
    return json.dumps(put(data, at="x")).replace('"at": "x"', '"at": "\\ud800"', 1)


@answers("bytes that are no UTF-8", "is not JSON")
def _answers_not_utf8(data: dict) -> bytes:
    return b"\xff\xfe" + json.dumps(data).encode("utf-16-le")


@answers("a hundred thousand answers", "holds 100,004 answers")
def _answers_bomb(data: dict) -> dict:
    data["answers"] |= {f"item-{number}": 0 for number in range(100_000)}
    return data


@answers("another version of the file", "has not the expected shape")
def _answers_other_schema(data: dict) -> dict:
    return {**data, "schema_version": 99}


@answers("an answer that claims its own score", "its record is damaged", EARNED)
def _answer_with_score(data: dict) -> dict:
    return put(data, score=100, points=100)


@answers("an answer that names another student", "its record is damaged", EARNED)
def _answer_forged_student(data: dict) -> dict:
    return put(data, student="ada")


@answers("a variant that the exercise does not have", "no variant 3", EARNED)
def _answer_forged_variant(data: dict) -> dict:
    return put(data, variant=3)


@answers("a publication that was never released", "has not released", EARNED)
def _answer_unknown_publication(data: dict) -> dict:
    return put(data, publication="0" * 32)


@answers("an object that would be equal to everything", "not an answer of the form", EARNED)
def _answer_always_equal(data: dict) -> dict:
    return put(data, answer={"codes": {"__class__": "AlwaysEqual", "__eq__": True}})


@answers("numbers and truth values in place of codes", "not an answer of the form", EARNED)
def _answer_wrong_types(data: dict) -> dict:
    return put(data, answer={"codes": [True, 1e308, None]})


@answers("every code that might be right", "not an answer of the form", EARNED)
def _answer_everything(data: dict) -> dict:
    return put(data, answer={"codes": [f"E85.{number}" for number in range(10)] * 60})


@answers("script, a formula, a terminal's escapes and a false log line in place of a code", "", EARNED, harmless="a code that is none, shown as text like any other")
def _answer_markup(data: dict) -> dict:
    return put(data, answer={"codes": ["<script>alert(1)</script>", "=HYPERLINK(1)", "\x1b[2J\x1b]0;x\x07", "x\nada: 100 points"]})


@answers("an answer under another exercise's name", "names another item", EARNED)
def _answer_under_other_name(data: dict) -> dict:
    return put(data, item="which-order")


@answers("an answer of another form under this exercise", "not an answer of the form", EARNED)
def _answer_of_another_form(data: dict) -> dict:
    return put(data, answer=data["answers"]["which-order"]["answer"])


@answers("a record for an exercise that does not exist", "", EARNED, harmless="an exercise may have gone since it was answered")
def _answer_to_nothing(data: dict) -> dict:
    data["answers"]["no-such-item"] = {**data["answers"][ITEM], "item": "no-such-item"}
    return data
