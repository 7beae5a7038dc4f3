"""Pseudonyms: names such as S-7F3K in place of students, the same wherever they show, drawn from the course secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from medcoding.grading.audit.scores import students
from medcoding.grading.audit.tables import PSEUDONYMS, is_there, writing
from medcoding.grading.audit.trail import Refused, plain_text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which read like 1, 1, 0 and V."""

LENGTH = 4
PREFIX = "S-"
_READ_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})


def drawn(secret: str, student: str, attempt: int = 0) -> str:
    """The pseudonym that a student draws: 20 bits of an HMAC-SHA-256 of the id, in base 32. Later attempts draw others."""
    digest = hmac.new(secret.encode(), f"pseudonym\x1f{student}\x1f{attempt}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big")
    length = LENGTH + attempt // 64  # never needed below some hundred thousand students
    return PREFIX + "".join(ALPHABET[(number >> (5 * place)) % 32] for place in range(length))


def key_of(secret: str, student: str) -> str:
    """What stands for a student in the table: tells nothing without the secret."""
    return hmac.new(secret.encode(), f"student\x1f{student}".encode(), hashlib.sha256).hexdigest()


def pseudonyms(engine: sa.Engine, secret: str, ids: Iterable[str]) -> dict[str, str]:
    """The pseudonym of each student. One given once stays, whoever joins the class later; no two are the same.

    Raises:
        NoGradebook: nbgrader has not made its tables in this database.
    """
    wanted = sorted(set(ids))
    keys = {student: key_of(secret, student) for student in wanted}
    with engine.connect() as connection:
        known = _known(connection)
    if all(key in known for key in keys.values()):
        return {student: known[key] for student, key in keys.items()}
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE medcoding_pseudonyms IN EXCLUSIVE MODE")
        known = _known(connection)
        taken = set(known.values())
        new = []
        for student, key in keys.items():
            if key not in known:
                attempt = 0
                while (name := drawn(secret, student, attempt)) in taken:
                    attempt += 1
                taken.add(name)
                known[key] = name
                new.append({"key": key, "pseudonym": name})
        if new:
            connection.execute(sa.insert(PSEUDONYMS), new)
    return {student: known[key] for student, key in keys.items()}


def _known(connection: sa.Connection) -> dict[str, str]:
    if not is_there(connection):
        return {}
    return {row.key: row.pseudonym for row in connection.execute(sa.select(PSEUDONYMS))}


@dataclass(frozen=True)
class Names:
    """What students are called in what a grader reads, and who is meant by what a grader types."""

    class_list: tuple[str, ...]
    by_student: Mapping[str, str]
    anonymous: bool

    def shown(self, student: str) -> str:
        """The student's pseudonym where the course is anonymous, else the id; safe on a terminal."""
        if self.anonymous:
            return self.by_student.get(student, f"{PREFIX}?")
        return plain_text(student, 128).replace("\n", " ")

    def student(self, given: str) -> str:
        """The id of the student that a grader names, by id or by pseudonym.

        Raises:
            Refused: nobody in the class is called so.
        """
        if given in self.class_list:
            return given
        bare = given.strip().upper()
        bare = PREFIX + bare.removeprefix(PREFIX).translate(_READ_ALIKE)
        for student, name in self.by_student.items():
            if name == bare:
                return student
        known = "" if self.anonymous else f" The class: {', '.join(plain_text(one, 40) for one in self.class_list[:10])}" + (
            ", …" if len(self.class_list) > 10 else "."
        )
        raise Refused(f"Nobody in the gradebook is called {plain_text(given, 80)!r}; expected a student's id or pseudonym such as S-7F3K.{known}")


def names(engine: sa.Engine, secret: str, *, anonymous: bool) -> Names:
    """The names of a class.

    Raises:
        NoGradebook: nbgrader has not made its tables in this database.
    """
    with writing(engine) as connection:  # makes the tables if they are missing
        ids = students(connection)
    return Names(tuple(ids), pseudonyms(engine, secret, ids), anonymous)
