"""The lint of the paper's text: no number in it is typed, no key is wrong or left over.

What may hold digits, and nothing else may: the keys of `n("...")` and `t("...")`, constants that
are marked as `const("...")` and listed with their reason in ``constants.toml``, names of labels and
of references, what the text relies on (`premise("key", "...")`), comments, and in mathematics whole
numbers of one digit (coefficients, exponents, indices). Numbers in words count as typed from four
on. Of the files of layout only what they print is looked at: the content in square brackets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CODE = ("layout.typ", "tables.typ")
"""Files that hold no prose."""
CONSTANTS = "constants.toml"

COMMENT = re.compile(r"(?<![:\"])//[^\n]*|/\*.*?\*/", re.DOTALL)
KEY = re.compile(r"\b[nt]\(\"([^\"]*)\"\)")
PREMISE = re.compile(r"\bpremise\(\"([^\"]*)\", \"([^\"]*)\"\)")
CONSTANT = re.compile(r"\bconst\(\"([^\"]*)\"\)")
NAME = re.compile(
    r"<[A-Za-z][\w:-]*>|@[A-Za-z][\w:-]*|figure-of\(\"[^\"]*\"|\"[^\"]*\.(?:typ|bib)\""
)
SWALLOWED = re.compile(r"#[a-z]\w*\([^()]*\);")
MATHEMATICS = re.compile(r"\$.*?\$", re.DOTALL)
CONTENT = re.compile(r"\[[^\[\]]*\]")
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(
    r"\b(?:four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?)\b",
    re.IGNORECASE,
)


def lint(folder: Path, results: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with the text of the paper.

    Parameters
    ----------
    folder : Path
        With the ``.typ`` files and ``constants.toml``.
    results : dict
        As from `read_results`.

    Returns
    -------
    list of str
        One line a problem, with file and line where it has one; empty if there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from alumnistats.paper import read_results
    >>> lint(Path("paper"), read_results(Path("paper")))
    []
    """
    texts = {path.name: _without_comments(path) for path in sorted(folder.glob("*.typ"))}
    listed = _listed(folder / CONSTANTS)
    problems = []
    keys: set[str] = set()
    constants: set[str] = set()
    for name, text in texts.items():
        keys |= set(KEY.findall(text))
        constants |= set(CONSTANT.findall(text))
        problems += [f"{name}:{line}: {what}" for line, what in _typed(name, text)]
        problems += list(_premises(text, results["values"]))
    known = set(results["values"])
    problems += [f"key {key!r} is used, but not in the results" for key in sorted(keys - known)]
    problems += [f"key {key!r} is in the results, but not used" for key in sorted(known - keys)]
    problems += [
        f"constant {c!r} is not listed in {CONSTANTS}" for c in sorted(constants - listed.keys())
    ]
    problems += [
        f"constant {c!r} is listed, but not used" for c in sorted(listed.keys() - constants)
    ]
    problems += [f"constant {c!r} has no reason" for c, why in listed.items() if not why.strip()]
    return problems


def _without_comments(path: Path) -> str:
    return COMMENT.sub(_blank, path.read_text(encoding="utf-8"))


def _blank(match: re.Match[str]) -> str:
    """Return as many blanks as there were characters, with the line ends in their places."""
    return re.sub(r"[^\n]", " ", match[0])


def _listed(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {str(k): str(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def _typed(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield line and description of every number that is typed."""
    for found in SWALLOWED.finditer(text):
        yield (
            _line(text, found.start()),
            "the semicolon ends the code and is not printed; write \\;",
        )
    for pattern in (KEY, PREMISE, CONSTANT, NAME):
        text = pattern.sub(_blank, text)
    if name in CODE:
        shown = ["\n" if c == "\n" else " " for c in text]
        for match in CONTENT.finditer(text):
            shown[match.start() : match.end()] = match[0]
        text = "".join(shown)
    for match in MATHEMATICS.finditer(text):
        for digits in DIGITS.finditer(match[0]):
            if len(digits[0]) > 1:
                yield _line(text, match.start() + digits.start()), _said(digits[0])
    text = MATHEMATICS.sub(_blank, text)
    for pattern in (DIGITS, WORD):
        for found in pattern.finditer(text):
            yield _line(text, found.start()), _said(found[0])


def _premises(text: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the text relies on and is not so."""
    for key, expected in PREMISE.findall(text):
        found = values.get(key, {}).get("text")
        if found != expected:
            yield f"the text relies on {key!r} being {expected!r}, not {found!r}"


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _said(number: str) -> str:
    return f"{number!r} is typed; take it from the results, or mark it as a constant"
