"""Questions with several answers: one column an option, one cell for all, or first, second, third.

Survey services write a column an option in many ways: 1 or 0, "Yes" or "No", "Selected" or "Not
selected", the option's text or nothing. A column's own text means that it was chosen if it is the
only one that the column has beside words for "not chosen", and no other column has it. Whatever
else a column holds is refused.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alumnistats.arrays import BoolArray
from alumnistats.errors import Problem, listed, shown
from alumnistats.sources.frames import Column
from alumnistats.sources.headings import AnswerSet
from alumnistats.sources.nonresponse import is_nonresponse

CHOSEN = frozenset(
    ["1", "true", "yes", "y", "x", "selected", "checked", "chosen", "ticked", "mentioned", "quoted",
     "ja", "genannt", "gewählt", "ausgewählt", "angekreuzt", "oui", "cité", "coché", "si", "sí",
     "sim", "はい", "選択", "該当", "あてはまる", "○", "◯", "〇", "✓", "✔", "☑", "是", "已选"]
)  # fmt: skip
NOT_CHOSEN = frozenset(
    ["0", "false", "no", "n", "not selected", "unselected", "unchecked", "not checked",
     "not chosen", "not ticked", "not mentioned", "not quoted", "nein", "nicht gewählt",
     "nicht ausgewählt", "nicht genannt", "nicht angekreuzt", "non", "non cité",
     "non sélectionné", "non coché", "no seleccionado", "não", "いいえ",
     "非選択", "選択なし", "未選択", "非該当", "あてはまらない", "×", "否", "未选", "☐"]
)  # fmt: skip
DELIMITERS = (";", "|", ",", "、", "/", "・", "\n", " ")
SURE_DELIMITERS = (";", "|", "\n")  # hardly ever part of one answer
FREE_TEXT = re.compile(r"(?i)\bother\b.*specify|^other\b.*\btext\b|^その他.*(具体|自由|記入|記述)")
A_BOX = (
    "1 for chosen, 0 for not; or words such as Yes and No; or one text, where the option was chosen"
)


@dataclass(frozen=True, eq=False)
class Boxes:
    """Which options were chosen, and which cells say anything.

    Attributes
    ----------
    options : tuple of str
    chosen, answered : ndarray of bool, shape (options, respondents)
    notes : tuple of str
    problems : tuple of tuple
        Respondent, column, and what is wrong.
    """

    options: tuple[str, ...]
    chosen: BoolArray
    answered: BoolArray
    notes: tuple[str, ...] = ()
    problems: tuple[tuple[int, str, Problem], ...] = ()


def read_boxes(answers: AnswerSet, columns: Sequence[Column]) -> Boxes:
    """Read one column an option.

    Parameters
    ----------
    answers : AnswerSet
    columns : sequence of Column
    """
    size = len(columns[0].text)
    chosen, answered = (np.zeros((len(columns), size), dtype=np.bool_) for _ in range(2))
    notes, problems = [], []
    shared = _shared_texts(answers, columns)
    for c, (name, column) in enumerate(zip(answers.columns, columns, strict=True)):
        own = (name, answers.options[c])
        answered[c] = column.text != ""
        words = {text: as_word(text) for text in dict.fromkeys(column.text[answered[c]].tolist())}
        if answers.counted:
            yes = {text for text in words if column.codes.get(text, text) == answers.counted}
        elif FREE_TEXT.search(answers.options[c]) and not _only_words(words.values()):
            yes = set(words)
            notes.append(f"{name}: whatever is written there is read as chosen")
        else:
            yes = {text for text, word in words.items() if word in CHOSEN}
            other = [t for t, word in words.items() if word not in CHOSEN | NOT_CHOSEN]
            bad = _not_a_box([t for t in other if t not in own], other, yes, shared)
            if bad:
                row = int(np.argmax(column.text == bad))
                problems.append((row, name, _refused(bad, other, shared)))
            yes |= set(other)
        chosen[c] = [text in yes for text in column.text]
    if not problems and not answers.counted:
        problems += _all_chosen(answers, columns, chosen)
    return Boxes(answers.options, chosen, answered, tuple(notes), tuple(problems))


def _all_chosen(
    answers: AnswerSet, columns: Sequence[Column], chosen: BoolArray
) -> list[tuple[int, str, Problem]]:
    """Return the problem of texts of which nothing says that they mean chosen, if they are so.

    They fill every cell, and are not the names of their columns: they may be answers of a scale.
    """
    texts = [column.text[0] for column in columns if len(column.text)]
    named = zip(texts, answers.columns, answers.options, strict=False)
    if not chosen.all() or any(as_word(t) in CHOSEN or t in (a, b) for t, a, b in named):
        return []
    hint = "If all chose every option, write 1 in these cells."
    return [(0, answers.columns[0], Problem("", f"{shown(texts[0])} in all rows", A_BOX, hint))]


def read_categories(columns: Sequence[Column], ordered: Sequence[str]) -> Boxes:
    """Read columns that each hold one of several answers, such as the first and second named."""
    text = np.stack([column.text for column in columns])
    chosen = np.array([(text == option).any(axis=0) for option in ordered], dtype=np.bool_)
    answered = np.broadcast_to((text != "").any(axis=0), chosen.shape)
    return Boxes(tuple(ordered), chosen, answered)


def split_cells(column: Column, delimiter: str) -> tuple[dict[str, BoolArray], BoolArray]:
    """Return who gave each answer, by answer, where cells hold several; and who gave any."""
    parts = [dict.fromkeys(_pieces(text, delimiter)) for text in column.text.tolist()]
    found: dict[str, BoolArray] = {}
    for row, pieces in enumerate(parts):
        for piece in pieces:
            found.setdefault(piece, np.zeros(len(parts), dtype=np.bool_))[row] = True
    return found, np.array([bool(pieces) for pieces in parts], dtype=np.bool_)


def looks_split(options: Iterable[str]) -> str:
    """Return the delimiter at which answers look like several in one cell, or nothing.

    A comma or a slash counts if at least half of the pieces stand in different answers, a space so
    if all pieces are numbers; semicolons, bars and line breaks count by themselves.
    """
    known = list(options)
    for delimiter in DELIMITERS:
        several = [option for option in known if len(_pieces(option, delimiter)) > 1]
        if not several:
            continue
        if delimiter == " " and not all(p.isdigit() for o in known for p in _pieces(o, " ")):
            continue
        where: dict[str, int] = {}
        for option in known:
            for piece in dict.fromkeys(_pieces(option, delimiter)):
                where[piece] = where.get(piece, 0) + 1
        often = sum(times > 1 for times in where.values())
        if delimiter in SURE_DELIMITERS or 2 * often >= len(where):
            return delimiter
    return ""


def never_apart(found: Mapping[str, BoolArray]) -> tuple[str, str] | None:
    """Return two answers that were only ever given together, as the halves of one would be."""
    names = list(found)
    for a, b in itertools.pairwise(names):
        if found[a].sum() > 1 and (found[a] == found[b]).all() and len(names) > 2:
            return a, b
    return None


def as_word(text: str) -> str:
    """Return text as it is compared with words for chosen and not: 1.0 is 1, case is ignored."""
    whole = text.removesuffix(".0")
    return " ".join((whole if whole.isdigit() else text).casefold().split())


def _pieces(text: str, delimiter: str) -> list[str]:
    return [piece.strip() for piece in text.split(delimiter) if piece.strip()]


def _only_words(words: Iterable[str]) -> bool:
    return all(word in CHOSEN | NOT_CHOSEN for word in words)


def _shared_texts(answers: AnswerSet, columns: Sequence[Column]) -> frozenset[str]:
    """Return texts that stand in several columns, so that they are no option's own."""
    times: dict[str, int] = {}
    for column in columns:
        for text in set(column.text.tolist()):
            times[text] = times.get(text, 0) + 1
    own = {*answers.columns, *answers.options}
    return frozenset(text for text, n in times.items() if n > 1 and text not in own)


def _not_a_box(
    strange: Sequence[str], other: Sequence[str], yes: Iterable[str], shared: frozenset[str]
) -> str:
    """Return a text that does not simply mean that its column was chosen, or nothing."""
    for text in strange:
        number = text.removeprefix("-").replace(".", "", 1).isdigit()
        if number or text in shared or is_nonresponse(text) or len(other) > 1 or set(yes):
            return text
    return ""


def _refused(bad: str, other: Sequence[str], shared: frozenset[str]) -> Problem:
    hint = f"If it means that nothing was answered, say missing=[{shown(bad)}]."
    if bad.replace(".", "", 1).isdigit():
        hint += " If columns hold points of a scale, read each of them by questions."
    if bad in shared and len(other) > 1:
        hint += " If the columns hold the first answer, the second and so on, join them in one cell"
        hint += " and say split."
    found = shown(bad) if len(other) < 2 else f"{shown(bad)} beside {listed(map(shown, other[:4]))}"
    found = found.replace("beside one of ", "among ")
    return Problem("", found, A_BOX, hint)
