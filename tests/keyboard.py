"""Steps of a student who uses the keyboard alone, for the browser tests."""

from __future__ import annotations

import re


def menu(page, bar: str, entry: str) -> None:
    page.get_by_role("menuitem", name=bar, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{re.escape(entry)}")).first.click()


def form(page, item: str):
    exercise = page.locator(f'[data-mc="exercise"][data-item="{item}"]')
    exercise.scroll_into_view_if_needed()
    return exercise


def saved(exercise) -> None:
    exercise.locator('[data-mc="status"][data-state="saved"]').wait_for()


def select(page, field, value: str) -> None:
    """Arrow keys in a list of choices, until the wanted one is reached."""
    field.focus()
    for _ in range(60):
        if field.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value!r} is not among the choices")


def radio(page, group, value: str) -> None:
    """Space chooses the first of a group; arrow keys go on to the wanted one."""
    first = group.first
    first.focus()
    page.keyboard.press("Space")
    values = group.evaluate_all("inputs => inputs.map(input => input.value)")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")


def answer_choice(page, exercise, answer: dict) -> None:
    """Arrow keys move through the options; space chooses."""
    first = exercise.locator('[data-mc="option-input"]').first
    first.focus()
    values = exercise.locator('[data-mc="option-input"]').evaluate_all("inputs => inputs.map(input => input.value)")
    page.keyboard.press("Space")
    for _ in range(values.index(answer["chosen"][0])):
        page.keyboard.press("ArrowDown")
    saved(exercise)


def answer_match(page, exercise, answer: dict) -> None:
    for left, right in answer["pairs"].items():
        select(page, exercise.locator(f'[data-mc="pair"][data-left="{left}"] [data-mc="pair-select"]'), right)


def answer_sort(page, exercise, answer: dict) -> None:
    for entry, bin_id in answer["placed"].items():
        radio(page, exercise.locator(f'[data-mc="sort-item"][data-entry="{entry}"] [data-mc="bin-input"]'), bin_id)


def answer_order(page, exercise, answer: dict) -> None:
    for place, entry in enumerate(answer["order"]):
        item = exercise.locator(f'[data-mc="order-item"][data-entry="{entry}"]')
        now = int(item.get_attribute("data-place")) - 1
        item.locator('[data-mc="grab"]').focus()
        page.keyboard.press("Space")
        for _ in range(now - place):
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Space")
    if exercise.locator('[data-mc="keep"]').is_visible():
        exercise.locator('[data-mc="keep"]').focus()
        page.keyboard.press("Enter")


def answer_number(page, exercise, answer: dict) -> None:
    for number, text in enumerate(answer.get("texts") or [answer["text"]]):
        exercise.locator('[data-mc="number-input"]').nth(number).focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def type_codes(page, exercise, codes: list[str]) -> None:
    """Typed with the keyboard; the first hit of the search is picked with arrow and Enter; Enter opens the next field."""
    for number, code in enumerate(codes):
        fields = exercise.locator('[data-mc="code-input"]')
        if number == 0:
            fields.first.focus()
        page.keyboard.type(code, delay=15)
        exercise.locator(f'[data-mc="hit"][data-code="{code}"]:visible').first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        if number + 1 < len(codes):
            page.keyboard.press("Enter")
            page.wait_for_timeout(200)


def answer_codes(page, exercise, answer: dict) -> None:
    type_codes(page, exercise, answer["codes"])


def answer_encounter(page, exercise, answer: dict) -> None:
    type_codes(page, exercise, answer["diagnoses"])
    for number, line in enumerate(answer["lines"]):
        if number:
            exercise.locator('[data-mc="line-add"]').focus()
            page.keyboard.press("Enter")
        row = exercise.locator('[data-mc="line"]').nth(number)
        row.locator('[data-mc="service-input"]').focus()
        page.keyboard.type(line["code"], delay=10)
        page.keyboard.press("Escape")
        row.locator('[data-mc="modifiers"]').focus()
        page.keyboard.type(" ".join(line["modifiers"]))
        for letter in line["pointers"]:
            box = row.locator(f'[data-mc="pointer"][data-letter="{letter}"]')
            box.focus()
            if not box.is_checked():
                page.keyboard.press("Space")


def answer_pcs(page, exercise, answer: dict) -> None:
    """Axis by axis: the value's own character chooses it in the list."""
    for number, code in enumerate(answer["procedures"]):
        row = exercise.locator('[data-mc="procedure"]').nth(number)
        for place, value in enumerate(code, 1):
            axis = row.locator(f'[data-mc="axis"][data-axis="{place}"]')
            if axis.is_disabled() and axis.input_value() == value:
                continue  # given
            page.wait_for_function("([node, value]) => !node.disabled && [...node.options].some((one) => one.value === value)", arg=[axis.element_handle(), value])
            axis.focus()
            page.keyboard.press(value)
            assert axis.input_value() == value


def answer_wordparts(page, exercise, answer: dict) -> None:
    if exercise.locator('[data-mc="bank"]').count():
        for part in answer["parts"]:
            exercise.locator(f'[data-mc="bank-part"][data-part="{part["text"]}"]').focus()
            page.keyboard.press("Enter")
        return
    for number, part in enumerate(answer["parts"]):
        if number >= exercise.locator('[data-mc="part"]').count():
            page.keyboard.press("Tab")
            exercise.locator('[data-mc="add"]').focus()
            page.keyboard.press("Enter")
        row = exercise.locator('[data-mc="part"]').nth(number)
        row.locator('[data-mc="part-input"]').focus()
        page.keyboard.type(part["text"])
        select(page, row.locator('[data-mc="part-kind"]'), part["kind"])
        select(page, row.locator('[data-mc="part-meaning"]'), part["meaning"])
    radio(page, exercise.locator('[data-mc="whole-input"]'), answer["meaning"])


def answer_highlight(page, exercise, answer: dict) -> None:
    """Arrow keys to the first word of each passage, Shift and arrows over the others, Enter."""
    paper = exercise.locator('[data-mc="paper"]')
    paper.focus()
    line = 0
    for mark in answer["marks"]:
        texts = exercise.locator('[data-mc="line"]').evaluate_all("lines => lines.map(line => line.textContent)")
        wanted = next(number for number, text in enumerate(texts) if mark["text"] in text)
        first = len(texts[wanted][: texts[wanted].index(mark["text"])].split())
        for _ in range(abs(wanted - line)):
            page.keyboard.press("ArrowDown" if wanted > line else "ArrowUp")
        line = wanted
        page.keyboard.press("Home")
        for _ in range(first):
            page.keyboard.press("ArrowRight")
        for _ in range(len(mark["text"].split()) - 1):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press(str(mark["label"] + 1))
        page.keyboard.press("Enter")


def answer_text(page, exercise, answer: dict) -> None:
    exercise.locator('[data-mc="text-input"]').focus()
    page.keyboard.type(answer["text"])


def answer_data(page, exercise, answer: dict) -> None:
    """A number or a table typed into the field; Tab leaves it."""
    exercise.locator('[data-mc="data-input"]').focus()
    if "number" in answer:
        page.keyboard.type(answer["number"])
    else:
        lines = [answer["table"]["columns"], *answer["table"]["rows"]]
        for place, line in enumerate(lines):
            page.keyboard.type(",".join(line))
            if place + 1 < len(lines):
                page.keyboard.press("Enter")
    page.keyboard.press("Tab")


def answer_stay(page, exercise, answer: dict) -> None:
    """Codes typed, indicators chosen with arrow keys, rows added with Enter."""

    def fill(row, code: str) -> None:
        row.locator('[data-mc="code-input"]').focus()
        page.keyboard.type(code, delay=10)
        page.keyboard.press("Escape")

    first = exercise.locator('[data-mc="principal"]')
    fill(first, answer["principal"]["code"])
    select(page, first.locator('[data-mc="poa"]'), answer["principal"]["poa"])
    for kind, add in (("other", "add-other"), ("procedure", "add-procedure")):
        for number, entry in enumerate(answer["others" if kind == "other" else "procedures"]):
            if exercise.locator(f'[data-mc="{kind}"]').count() <= number:
                exercise.locator(f'[data-mc="{add}"]').focus()
                page.keyboard.press("Enter")
            row = exercise.locator(f'[data-mc="{kind}"]').nth(number)
            fill(row, entry["code"])
            if kind == "other":
                select(page, row.locator('[data-mc="poa"]'), entry["poa"])
            elif entry["date"]:
                row.locator('[data-mc="date"]').focus()
                page.keyboard.type(entry["date"])
    if answer["query"]:
        radio(page, exercise.locator('[data-mc="query-input"]'), answer["query"])


def answer_claim(page, exercise, answer: dict) -> None:
    """New values typed over the old ones, lines struck out with Space, questions answered."""
    for path, value in answer["changes"].items():
        box = exercise.locator(f'[data-mc="box"][data-path="{path}"]')
        if value is None:
            box.locator('[data-mc="strike"]').focus()
            page.keyboard.press("Space")
        else:
            box.locator('[data-mc="box-input"]').focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(value)
            page.keyboard.press("Tab")
    groups = exercise.locator('[data-mc="asks"] > fieldset')
    for number, option in enumerate(answer["asks"].values()):
        radio(page, groups.nth(number).locator('[data-mc="ask-input"]'), option)


def answer_mdm(page, exercise, answer: dict) -> None:
    for element in ("problems", "data", "risk"):
        if answer.get(element):
            radio(page, exercise.locator(f'[data-mc="grade"][data-element="{element}"]'), answer[element])
    radio(page, exercise.locator('[data-mc="level-input"]'), answer["level"])
    for statement in answer["evidence"]:
        exercise.locator(f'[data-mc="evidence-input"][value="{statement}"]').focus()
        page.keyboard.press("Space")


def answer_review(page, exercise, answer: dict) -> None:
    """A verdict by arrow keys, a new code typed, a reason chosen."""
    for suggestion, judged in answer["judged"].items():
        card = exercise.locator(f'[data-mc="suggestion"][data-id="{suggestion}"]')
        radio(page, card.locator('[data-mc="verdict-input"]'), judged["verdict"])
        if judged["to"]:
            card.locator('[data-mc="code-input"]').focus()
            page.keyboard.type(judged["to"], delay=10)
            page.keyboard.press("Escape")
        if judged["reason"]:
            select(page, card.locator('[data-mc="reason"]'), judged["reason"])


ANSWER = {
    "choice": answer_choice, "match": answer_match, "sort": answer_sort, "order": answer_order, "number": answer_number, "codes": answer_codes,
    "encounter": answer_encounter, "pcs": answer_pcs, "wordparts": answer_wordparts, "highlight": answer_highlight,
    "text": answer_text, "data": answer_data, "stay": answer_stay, "claim": answer_claim,
    "mdm": answer_mdm, "review": answer_review,
}  # fmt: skip
"""How each form is answered, given an answer in its own shape."""


def violations(axe, page) -> list[str]:
    """Serious and critical faults inside our own outputs that are on screen."""
    response = axe.run(page, context={"include": [['[data-mc="exercise"]']]}, options={"resultTypes": ["violations"]}).response
    return [
        f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:160]}"
        for fault in response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
