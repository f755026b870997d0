"""Words for no answer: what programs write where nothing is, and options that say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

DOUBTFUL = (
    "NA", "N/A", "n/a", "NaN", "nan", "<NA>", "#N/A", "NULL", "null", ".", "-", "--", "?",
    "-99", "-9", "-1", "999",
)  # fmt: skip
"""What some programs write for a missing value, and some data mean: NA is Namibia, too."""

CODES = frozenset(
    int(digit * times) for digit in "789" for times in (1, 2, 3, 4)
) | {98, 97, 998, 997}  # fmt: skip
"""Codes that many code books give to refusals and the like, beside answers of smaller numbers."""

_NONRESPONSE = re.compile(
    r"no (answer|response|reply|opinion given)|non[- ]?response|not (answered|stated|given)"
    r"|unanswered|(item )?nonresponse|refus(ed|al|es)( to answer| to say)?|declined( to answer)?"
    r"|(prefer|would rather|chose|rather) not (to )?(say|answer|respond|disclose|state)"
    r"|skipped|na|n/a|n\.a\.|no data|missing"
    r"|keine (angabe|antwort)|k\. ?a\.|sans réponse|non[- ]réponse|(ne (se prononce|répond) pas)"
    r"|no (contesta|responde)|ns/nc|sin respuesta|não (respondeu|sabe/não respondeu)"
    r"|無回答|無記入|未回答|回答なし|回答無し|回答しない|答えたくない|回答拒否|不明・?無回答|無回答・?不明"
    r"|(don'?t know|dk) ?/ ?(no answer|refused|na)|dk/na|dk/ref|无回答|拒绝回答"
)


def is_nonresponse(label: str) -> bool:
    """Return whether an option says that the question was not answered.

    "Don't know" is an answer; brackets, codes before and marks after the words do not matter.

    Examples
    --------
    >>> is_nonresponse("(Refused)"), is_nonresponse("無回答"), is_nonresponse("No")
    (True, True, False)
    """
    text = unicodedata.normalize("NFKC", label).casefold().replace("\u2019", "'")
    text = re.sub(r"^\s*[-\d.\s:)]+(?=[^\W\d])", "", text)
    return _NONRESPONSE.fullmatch(" ".join(text.strip(" ()[]<>*.:・").split())) is not None


def doubtful(texts: Iterable[str], missing: Iterable[str]) -> list[str]:
    """Return words in a column that may mean nothing, but for those that the user spoke of.

    So may a code such as 99, where it lies far above all other answers, and these are numbers.

    Examples
    --------
    >>> doubtful(["1", "2", "5", "99"], ()), doubtful(["1", "7", "9"], ())
    (['99'], [])
    """
    found = {text for text in texts if text} - set(missing)
    words = [word for word in DOUBTFUL if word in found]
    answers = found - set(words)
    if not all(text.isascii() and text.isdigit() for text in answers):
        return words
    codes = {text for text in answers if int(text) in CODES}
    largest = max((int(text) for text in answers - codes), default=0)
    far = [text for text in codes if int(text) >= 2 * largest > 2]
    return [*words, *sorted(far, key=int)]
