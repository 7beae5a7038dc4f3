"""Names of students that would be a formula, a script, a command or a column of its own in what is exported."""

NAMES = {
    "formula": "=cmd|'C calc'!A1",
    "at": "@SUM(1)",
    "plus": "+1+1",
    "minus": "-1+1",
    "link": '=HYPERLINK("http:x","y")',
    "separators": 'eve,"100"; 100',
    "markup": "<b onclick=x>",
    "terminal": "\x1b[2Jeve",
    "log": "eve\nada: not graded",
    "database": "eve'; DROP TABLE grade;--",
    "direction": "e\u202eve",
}
