"""Strata in a survey file, and what is said of those that do not fit."""

import pytest

from alumnistats.sources import read_survey
from alumnistats.sources.toml_writer import survey_file

STRATA = """
[[strata]]
id = "large"
label = { en = "Large", ja = "大" }
quota = 100

[[strata]]
id = "small"
label = { en = "Small", ja = "小" }
total = 90

[[groups]]
id = "north\""""
MEMBERS = {"north": "large", "south": "large", "east": "small"}


@pytest.fixture
def stratified(small):
    """The small survey with its groups in two strata: 210 and 90 respondents."""
    text = small.replace('\n[[groups]]\nid = "north"', STRATA, 1)
    for group, stratum in MEMBERS.items():
        text = text.replace(
            f'[[groups]]\nid = "{group}"\n', f'[[groups]]\nid = "{group}"\nstratum = "{stratum}"\n'
        )
    return text


CASES = {
    "a group without": (
        ('stratum = "large"\nlabel = { en = "South"', 'label = { en = "South"'),
        "groups[1] (south).stratum: found nothing; expected a stratum: one of large, small",
    ),
    "an unknown stratum": (
        ('stratum = "small"', 'stratum = "smal"'),
        ('groups[2] (east).stratum: found "smal"; expected a stratum: one of large, small. '
        'Did you mean "small"?'),
    ),
    "a quota for all": (
        ("total = 300\n", "total = 300\nquota = 100\n"),
        "quota: found 100; expected none beside [[strata]], each of which may have a quota",
    ),
    "a total too small for its groups": (
        ("total = 90\n", "total = 89\n"),
        "strata[1] (small).total: found 89; expected 90 or more, which its groups need",
    ),
    "a quota beyond the total": (
        ("total = 90\n", "total = 90\nquota = 91\n"),
        ("strata[1] (small).quota: found 91; expected 90 or less, which the total leaves to a "
        "group at most"),
    ),
    "totals beyond the total": (
        ("total = 90\n", "total = 299\n"),
        ("total: found 300; expected 301 or more, which the strata's totals and the other groups "
        "need"),
    ),
    "totals that do not add up": (
        ("quota = 100\n", "total = 211\n"),
        "total: found 300; expected 301, the sum of the strata's totals",
    ),
    "totals without the survey's": (
        ("total = 300\n", ""),
        "total: found nothing; expected the total beside the strata's totals",
    ),
    "the same id": (
        ('id = "small"\nlabel = { en = "Small", ja = "小" }\ntotal',
         'id = "large"\nlabel = { en = "Small", ja = "小" }\ntotal'),
        ("strata[1] (large).id: found a second id of a stratum, after strata[0]; expected each "
        "only once"),
    ),
    "a number as quota": (
        ("quota = 100\n", "quota = 0\n"),
        ("strata[0] (large).quota: found 0; expected the number of respondents aimed at in each "
        "group, 1 or more"),
    ),
    "an unknown key": (
        ("quota = 100\n", "quotas = 100\n"),
        ("strata[0] (large).quotas: found an unknown key; expected one of id, label, quota, total. "
        'Did you mean "quota"?'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_message(case, stratified, problems_of):
    (old, new), message = CASES[case]
    assert old in stratified
    found = problems_of(stratified.replace(old, new, 1))
    assert message in found
    if case != "the same id":  # which leaves a reference behind
        assert found == [message]


def test_a_stratum_without_groups(stratified, problems_of):
    text = stratified.replace('stratum = "small"', 'stratum = "large"')
    assert problems_of(text) == [("strata[1] (small): found no groups; expected a group with this "
                                 "stratum")]  # fmt: skip


def test_strata_of_groups_only(small, problems_of):
    text = small.replace('id = "south"\n', 'id = "south"\nstratum = "large"\n', 1)
    assert problems_of(text) == [
        'groups[1] (south).stratum: found "large"; expected none in a survey without [[strata]]'
    ]


def test_strata_are_read_and_written(stratified, tmp_path, problems_of):
    assert problems_of(stratified) == []
    path = tmp_path / "s.toml"
    path.write_text(stratified, encoding="utf-8")
    survey = read_survey(path)
    assert [(s.id, s.quota, s.total) for s in survey.strata] == [
        ("large", 100, None), ("small", None, 90),
    ]  # fmt: skip
    assert {g.id: g.stratum for g in survey.groups} == MEMBERS
    path.write_text(survey_file(survey), encoding="utf-8")
    again = read_survey(path)
    assert (again.strata, again.groups) == (survey.strata, survey.groups)
