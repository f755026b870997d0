"""Respondents one a row: counted by pandas alike, and what is wrong with their files."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alumnistats.errors import ArgumentError, SurveyFileError
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import InputNotice, check_survey, read_microdata
from alumnistats.sources.tabulate import NOTICE
from alumnistats.weighting import weighted_shares
from alumnistats.weighting.shares import LONE_COPIES

SIZE = 300


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "industry": rng.choice(["Energy", "製造業", "Retail"], SIZE),
            "contact": rng.choice(["none", "formal", "both"], SIZE, p=[0.5, 0.3, 0.2]),
            "age": rng.choice([1, 2, 10], SIZE),
            "f1": rng.integers(0, 2, SIZE),
            "f2": rng.integers(0, 2, SIZE),
            "w": rng.gamma(3, 1 / 3, SIZE),
            "region": rng.integers(0, 4, SIZE),
            "town": rng.integers(0, 10, SIZE),
        }
    )


def crosstab(frame, column):
    return pd.crosstab(frame["industry"], frame[column])


def counts(survey, question):
    names = {g.id: g.label.en for g in survey.groups}
    labels = {o.id: o.label.en for o in survey.question(question).options}
    found = [f for f in survey.figures if f.of.startswith(f"{question}:")]
    table = pd.DataFrame(
        [(names[f.group], labels[f.of.partition(":")[2]], f.count) for f in found],
        columns=["industry", "answer", "count"],
    )
    return table.pivot_table(index="industry", columns="answer", values="count")


def save_csv(frame, path):
    frame.to_csv(path, index=False)


def save_cp932(frame, path):
    frame.to_csv(path, index=False, encoding="cp932")


def save_excel(frame, path):
    frame.to_excel(path, index=False)


def save_parquet(frame, path):
    pytest.importorskip("pyarrow")
    frame.to_parquet(path)


def save_spss(frame, path):
    pyreadstat = pytest.importorskip("pyreadstat")
    coded = frame.assign(contact=frame["contact"].map({"none": 1.0, "formal": 2.0, "both": 3.0}))
    labels = {"contact": {1.0: "none", 2.0: "formal", 3.0: "both"}}
    pyreadstat.write_sav(coded, str(path), variable_value_labels=labels)


SAVED = [
    ("t.csv", save_csv), ("j.csv", save_cp932), ("t.xlsx", save_excel), ("t.parquet", save_parquet),
    ("t.sav", save_spss),
]  # fmt: skip


@pytest.mark.parametrize(("name", "save"), SAVED)
@pytest.mark.filterwarnings("ignore:.*Shift_JIS:alumnistats.sources.notices.InputNotice")
def test_counts_are_those_of_pandas(tmp_path, frame, name, save):
    path = tmp_path / name
    save(frame, path)
    data = read_microdata(
        path, group="industry", questions=["contact", "age"], multiple={"forms": ["f1", "f2"]}
    )
    survey = data.survey
    expected = crosstab(frame, "contact")
    assert (counts(survey, "contact")[expected.columns].to_numpy() == expected.to_numpy()).all()
    assert survey.question("age").option_ids == ("1", "2", "10")  # numbers by size
    chosen = frame.groupby("industry")[["f1", "f2"]].sum()
    assert (counts(survey, "forms").to_numpy() == chosen.to_numpy()).all()
    assert check_survey(survey) == ()
    recon = reconstruct(survey)
    assert recon.models == []
    assert recon.sample_sizes["mode"].sum() == SIZE
    assert len(survey.sha256) == 64


def test_who_did_not_answer_is_not_in_the_base(tmp_path, frame):
    path = tmp_path / "t.csv"
    some = frame.assign(contact=frame["contact"].where(np.arange(SIZE) % 7 > 0))
    save_csv(some, path)
    with pytest.warns(InputNotice, match="contact: 43 rows without an answer are not in its base"):
        data = read_microdata(path, group="industry", questions=["contact"])
    survey = data.survey
    assert check_survey(survey) == ()
    solutions = reconstruct(survey).solutions_of("contact:none")
    answered = some.dropna().groupby("industry").size()
    names = [g.label.en for g in survey.groups]
    assert solutions.n[0].tolist() == answered[names].tolist()
    assert solutions.k[0].tolist() == crosstab(some, "contact")["none"][names].tolist()


def test_an_answer_called_none_is_an_answer(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("g,q\na,none\na,None\nb,NA\nb,null\n", encoding="utf-8")
    with pytest.warns(InputNotice) as told:
        data = read_microdata(path, group="g", questions=["q"])
    assert any('1 rows say "NA", which is taken as it stands' in str(w.message) for w in told)
    assert data.questions["q"].options == ("None", "none", "null", "NA")
    with pytest.warns(InputNotice) as told:
        data = read_microdata(path, group="g", questions=["q"], missing=["NA", "null"])
    assert "q: 2 rows without an answer are not in its base" in str(told[-1].message)
    assert data.questions["q"].options == ("None", "none")


def test_boxes_that_are_only_ticked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("g,f1,f2\na,1,\na,,\nb,,1\n", encoding="utf-8")
    with pytest.warns(InputNotice, match="empty cells are read as not chosen"):
        data = read_microdata(path, group="g", multiple={"f": ["f1", "f2"]})
    assert data.questions["f"].asked.all()
    assert data.questions["f"].chosen.sum() == 2


def test_weights_enter_by_kishs_sizes_with_a_notice(tmp_path, frame):
    path = tmp_path / "t.csv"
    save_csv(frame, path)
    data = read_microdata(path, group="industry", questions=["contact"], weight="w")
    with pytest.warns(InputNotice, match="no rounding is tested"):
        survey = data.survey
    assert survey.source.method.en == NOTICE
    assert all(f.percent is None for f in survey.figures)
    weight = frame.groupby("industry")["w"]
    kish = (weight.sum() ** 2 / weight.apply(lambda w: (w**2).sum())).round()
    found = {g.label.en: g.n for g in survey.groups}
    assert found == kish.to_dict()
    solutions = reconstruct(survey).solutions_of("contact:none")
    shares = weighted_shares(data, "contact", "none")
    assert (np.abs(solutions.k[0] / solutions.n[0] - shares.estimate) < 1 / solutions.n[0]).all()


def test_designs_are_read(tmp_path, frame):
    path = tmp_path / "t.csv"
    save_csv(frame.assign(r1=frame["w"] * 1.1, r2=frame["w"] * 0.9), path)
    data = read_microdata(
        path, group="industry", questions=["contact"], weight="w", stratum="region",
        cluster="town", replicates=["r1", "r2"],
    )  # fmt: skip
    assert data.replicates.shape == (2, SIZE)
    assert len(np.unique(data.stratum)) == 4
    # Replicates that only scale all weights leave every share as it is, which says nothing.
    none = weighted_shares(data, "contact", "none")
    assert np.isnan(none.covariance).all()
    assert set(none.reasons) == {LONE_COPIES}
    linear = weighted_shares(data, "contact", "none", variance="linearized")
    assert (np.diag(linear.covariance) > 0).all()


def test_rows_without_group_or_weight_are_left_out(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("g,q,w\na,x,1\n,x,1\nb,y,0\nb,x,2\n", encoding="utf-8")
    with pytest.warns(InputNotice) as told:
        data = read_microdata(path, group="g", questions=["q"], weight="w")
    texts = [str(w.message) for w in told]
    assert any('1 rows without "g" are left out' in text for text in texts)
    assert any("1 rows of weight 0 are left out" in text for text in texts)
    assert data.group_labels == ("a", "b")


def test_respondents_of_weight_zero_are_nobody(tmp_path):
    """Neither a group's size nor an answer of theirs is counted."""
    path = tmp_path / "t.csv"
    path.write_text("g,q,w\na,x,2\na,y,2\na,y,0\nb,y,0\nb,x,1\nb,x,1\nb,y,0\n", encoding="utf-8")
    with pytest.warns(InputNotice, match="3 rows of weight 0 are left out"):
        data = read_microdata(path, group="g", questions=["q"], weight="w")
    assert data.group.tolist() == [0, 0, 1, 1]
    assert data.weight.tolist() == [2, 2, 1, 1]
    answers = data.questions["q"]
    chosen = dict(zip(answers.options, answers.chosen.tolist(), strict=True))
    assert chosen["x"] == [True, False, True, True]
    with pytest.warns(InputNotice, match="Kish"):
        assert [group.n for group in data.survey.groups] == [2, 2]


BAD = {
    "no column": ({"questions": ["contacts"]}, 'columns: found no column "contacts"; expected one of industry, contact, age'),
    "a close name": ({"group": "industy"}, 'Did you mean "industry"?'),
    "a question twice": ({"questions": ["contact", "contact"]}, 'questions: found "contact" twice; expected each question once'),
    "a weight that is no number": ({"weight": "contact"}, '"contact": found "'),
    "too many answers": ({"questions": ["w"]}, "different answers; expected at most 60. Is it a number or a text?"),
    "boxes that hold words": ({"multiple": {"m": ["contact"]}}, "expected 1 for chosen, 0 for not"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_messages(tmp_path, frame, case):
    options, fragment = BAD[case]
    path = tmp_path / "t.csv"
    save_csv(frame, path)
    with pytest.raises(SurveyFileError) as caught:
        read_microdata(path, **({"group": "industry", "questions": ["contact"]} | options))
    assert fragment in str(caught.value), str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


FILES = {
    "no rows": ("t.csv", b"g,q\n", "no table"),
    "no SPSS": ("t.sav", b"nothing", "a file that is not SPSS"),
    "no Parquet": ("t.parquet", b"nothing", "a file that is not Parquet"),
    "another kind": ("t.dta", b"", 'a file ending in ".dta"; expected respondents in .csv'),
    "a negative weight": ("t.csv", b"g,q,w\na,x,-1\nb,x,1\n", 'row 2, "w": found "-1"; expected a weight'),
    "no weight": ("t.csv", b"g,q,w\na,x,\nb,x,1\n", 'row 2, "w": found nothing; expected a weight'),
    "an endless weight": ("t.csv", b"g,q,w\na,x,inf\nb,x,1\n", 'found "inf"; expected a weight'),
    "no groups": ("t.csv", b"g,q,w\n,x,1\n,y,1\n", '"g": found no rows; expected at least one respondent'),
    "no answers": ("t.csv", b"g,q,w\na,,1\nb,,1\n", '"q": found no answers; expected at least one'),
    "a column twice": ("t.csv", b"g,q,q,w\na,x,y,1\nb,x,y,1\n", 'found 2 columns "q"; expected one'),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_files(tmp_path, case):
    name, data, fragment = FILES[case]
    if name.endswith((".sav", ".parquet")):
        pytest.importorskip("pyreadstat" if name.endswith(".sav") else "pyarrow")
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SurveyFileError) as caught:
        read_microdata(path, group="g", questions=["q"], weight="w")
    assert fragment in str(caught.value), str(caught.value)


def test_a_question_is_needed(tmp_path):
    with pytest.raises(ArgumentError, match="questions: found an empty list"):
        read_microdata(tmp_path / "t.csv", group="g")


ROW = st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", ""]), st.integers(1, 9))


@settings(max_examples=50)
@given(st.lists(ROW, min_size=1, max_size=40).filter(lambda rows: any(r[1] for r in rows)))
@pytest.mark.filterwarnings("ignore::alumnistats.sources.notices.InputNotice")
def test_every_respondent_is_counted_once(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    text = "".join(f"{g},{q},{w}\n" for g, q, w in rows)
    path.write_text(f"g,q,w\n{text}", encoding="utf-8")
    survey = read_microdata(path, group="g", questions=["q"]).survey
    assert sum(g.n for g in survey.groups) == len(rows)
    assert sum(f.count for f in survey.figures if f.of.startswith("q:")) == sum(
        bool(q) for _, q, _ in rows
    )
    weighted = read_microdata(path, group="g", questions=["q"], weight="w").survey
    assert check_survey(weighted) == ()
    assert all(w.n <= u.n for w, u in zip(weighted.groups, survey.groups, strict=True))
    assert reconstruct(weighted).models == []
