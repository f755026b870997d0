"""Single percentages on a terminal: the sizes under which they can occur, by rounding rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alumnistats.remainders import FORCED
from alumnistats.rounding import ROUNDING_WORDS
from alumnistats.tables.wrapping import print_sentences

if TYPE_CHECKING:
    from rich.console import Console

CLAUSES = {**ROUNDING_WORDS, "largest-remainders": FORCED}
TEXTS = {
    "answer": {
        "en": "Possible sizes up to {largest} if {clause}: {sizes}",
        "ja": "{clause}とすると、{largest}人以下で可能な標本サイズ：{sizes}",
    },
    "if": {"en": "If {clause}:{rest}", "ja": "{clause}とすると：{rest}"},
    "sizes": {"en": "{name}: {sizes}", "ja": "{name}：{sizes}"},
    "all": {"en": "all of them", "ja": "すべて"},
    "none": {"en": "none", "ja": "なし"},
    "can": {
        "en": "{percent}% of {n} respondents can occur.",
        "ja": "{n}人中の{percent}%という値はありうる。",
    },
    "cannot": {
        "en": "{percent}% of {n} respondents cannot occur, however it was rounded.",
        "ja": "{n}人中の{percent}%という値は、どのように丸めたとしてもありえない。",
    },
    "count": {"en": " {count} of the {n}", "ja": "{n}人中{count}人"},
    "to": {"en": " to ", "ja": "〜"},
    "nearest": {
        "en": " no count; the nearest are {near}",
        "ja": "該当する人数なし（最も近い値は{near}）",
    },
    "and": {"en": " and ", "ja": "と"},
    "comma": {"en": ", ", "ja": "、"},
}


def print_sizes(
    by_rule: Mapping[str, Mapping[str, Sequence[int]]], largest: int, console: Console, lang: str
) -> None:
    """Print possible sizes: the answer under the usual rule, then those of each rule and figure.

    Parameters
    ----------
    by_rule : mapping
        Sizes by rule, and there by percentage, or "all" of all of them; the usual rule first.
    largest : int
        That was considered.
    console : Console
    lang : {"en", "ja"}
    """
    usual, lists = next(iter(by_rule.items()))
    answer = lists["all"] if "all" in lists else next(iter(lists.values()))
    shown = {"clause": CLAUSES[usual][lang], "largest": largest, "sizes": _runs(answer, lang)}
    print_sentences([TEXTS["answer"][lang].format(**shown)], console)
    for rule, lists in by_rule.items():
        print_sentences([_if(rule, "", lang)], console)
        print_sentences(_size_lines(lists, lang), console, "  ")


def print_check(
    percent: str, nobs: int, rows: Iterable[Mapping[str, Any]], console: Console, lang: str
) -> None:
    """Print whether a percentage can occur, and of which counts under each rule.

    Parameters
    ----------
    percent : str
        Without its sign.
    nobs : int
    rows : iterable of mapping
        Of `rounding.check_percent`.
    console : Console
    lang : {"en", "ja"}
    """
    rows = list(rows)
    answer = "can" if any(row["possible"] for row in rows) else "cannot"
    print_sentences([TEXTS[answer][lang].format(percent=percent, n=nobs)], console)
    lines = (_if(row["rule"], _counts(row, nobs, lang), lang) for row in rows)
    print_sentences(lines, console, "  ")


def _if(rule: str, rest: str, lang: str) -> str:
    return TEXTS["if"][lang].format(clause=CLAUSES[rule][lang], rest=rest)


def _size_lines(lists: Mapping[str, Sequence[int]], lang: str) -> Iterator[str]:
    for percent, sizes in lists.items():
        name = TEXTS["all"][lang] if percent == "all" else percent
        yield TEXTS["sizes"][lang].format(name=name, sizes=_runs(sizes, lang))


def _counts(row: Mapping[str, Any], nobs: int, lang: str) -> str:
    if row["possible"]:
        ends = dict.fromkeys([row["lower"], row["upper"]])
        return TEXTS["count"][lang].format(n=nobs, count=TEXTS["to"][lang].join(map(str, ends)))
    near = (f"{text}%" for text in row["nearest"].split(", "))
    return TEXTS["nearest"][lang].format(near=TEXTS["and"][lang].join(near))


def _runs(numbers: Sequence[int], lang: str) -> str:
    """Write increasing numbers with runs of three or more as first-last."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    comma = TEXTS["comma"][lang]
    parts = [f"{r[0]}-{r[-1]}" if len(r) > 2 else comma.join(map(str, r)) for r in runs]
    return comma.join(parts) or TEXTS["none"][lang]
