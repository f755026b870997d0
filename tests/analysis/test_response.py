"""Who answered, and answers that say nothing: counted, and not ranked."""

import numpy as np
import pandas as pd
import pytest

import alumnistats as al
from alumnistats.analysis.estimates import ranked_measures
from alumnistats.survey import Survey

SHARES = ["yes", "no", "No answer", None]


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "branch": rng.choice(["製造業", "小売", "金融"], 300),
            "q": rng.choice(np.array(SHARES, dtype=object), 300, p=[0.4, 0.3, 0.1, 0.2]),
        }
    )
    with pytest.warns(al.InputNotice):
        return al.read_microdata(frame, group="branch", questions=["q"]).survey


def test_what_says_nothing_is_counted_and_not_ranked(survey):
    analysis = al.analyze(survey)
    assert list(analysis.ranked) == ["q:no", "q:yes"]
    assert set(analysis.ranks["of"]) == {"q:no", "q:yes"}
    counted = {"q_asked:answered", "q_asked:no_answer", "q:no", "q:yes", "q:no_answer"}
    assert set(analysis.counts["of"]) == counted
    tables = analysis.tables()
    assert set(tables["sample_sizes"]["group_label"]) == {"製造業", "小売", "金融"}
    assert set(tables["ranks"]["of_label"]) == {"q: no", "q: yes"}


def test_a_published_ranking_of_it_is_still_judged(survey):
    ranking = {
        "of": "q:no_answer", "from": "highest", "places": [[survey.group_ids[0]]], "at": "table",
    }  # fmt: skip
    document = survey.model_dump(mode="json", by_alias=True, exclude_none=True)
    asked = Survey.model_validate(document | {"rankings": [ranking]})
    assert "q:no_answer" in ranked_measures(al.reconstruct(asked))
