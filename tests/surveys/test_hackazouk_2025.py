"""The embedded survey against its source, typed a second time: a slip in either shows."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from alumnistats.sources import check_survey, load_survey
from alumnistats.survey import CLAIM_KINDS, OVERALL

# Read from the release, section by section, not from the survey file.
PRINTED = """
1.1 contact:none                     overall            45.5
1.1 contact:informal                 overall            22.7
1.1 contact:formal                   overall            18.3
1.1 contact:both                     overall            13.5
1.3 official_contact                 public_services    47.8
1.3 official_contact                 manufacturing      44.5
1.3 official_contact                 finance_insurance  40.9
1.3 official_contact                 energy             40.9
1.4 official_contact                 retail             17.2
1.4 official_contact                 education          20.0
1.4 official_contact                 wholesale          21.8
2.1 contact_forms:informal_exchange  overall            57.0
2.1 contact_forms:rehire             overall            39.9
2.1 contact_forms:business_dealings  overall            34.4
2.1 contact_forms:official_network   overall            23.1
2.1 contact_forms:official_social    overall            22.8
2.3 contact_forms:official_network   finance_insurance  32.9
2.3 contact_forms:official_network   energy             29.0
2.3 contact_forms:official_network   manufacturing      27.8
3.1 importance:somewhat              overall            52.2
3.1 importance:very                  overall            20.3
3.1 importance:not_very              overall            18.7
3.3 important                        manufacturing      83.7
3.3 important                        business_services  76.4
3.3 important                        energy             75.8
4.1 effects:ready_talent             overall            51.6
4.1 effects:development              overall            39.0
4.1 effects:recruiting               overall            34.4
5.1 hurdles:low_interest             overall            34.8
5.1 hurdles:unclear_return           overall            29.5
5.1 hurdles:leak_risk                overall            27.1
5.3 hurdles:culture                  energy             39.4
5.3 hurdles:leak_risk                advertising_ict    33.6
5.3 hurdles:leak_risk                education          32.7
6.1 service_use:consider             overall            41.9
6.1 service_use:no_need              overall            25.0
6.1 service_use:not_consider         overall            20.8
6.1 service_use:use                  overall            12.3
"""

GROUPS = [
    "manufacturing",
    "construction_real_estate",
    "retail",
    "wholesale",
    "finance_insurance",
    "advertising_ict",
    "business_services",
    "consumer_services",
    "education",
    "public_services",
    "transport",
    "energy",
]

PLACES = {
    "official_contact highest": "public_services > manufacturing > finance_insurance=energy",
    "official_contact lowest": "retail > education > wholesale",
    "contact_forms:official_network highest": "finance_insurance > energy > manufacturing",
    "important highest": "manufacturing > business_services > energy",
    "contact highest": "none > informal > formal > both",
    "contact_forms highest": (
        "informal_exchange > rehire > business_dealings > official_network > official_social"
    ),
    "importance highest": "somewhat > very > not_very",
    "effects highest": "ready_talent > development > recruiting",
    "hurdles highest": "low_interest > unclear_return > leak_risk",
    "hurdles highest energy": "culture",
    "hurdles highest advertising_ict": "leak_risk",
    "hurdles highest education": "leak_risk",
    "service_use highest": "consider > no_need > not_consider > use",
}

# The numbers a reader finds in the whole of the release's claims: relation and percentage.
THRESHOLDS = {
    "any-contact-half": ("any_contact", OVERALL, "at-least", "50"),
    "important-at-least-70": ("important", OVERALL, "at-least", "70"),
    "important-above-70": ("important", OVERALL, "above", "70"),
    "important-every-industry-70": ("important", "every", "at-least", "70"),
    "would-use-at-least-half": ("would_use", OVERALL, "at-least", "50"),
    "would-use-above-half": ("would_use", OVERALL, "above", "50"),
    "would-use-answer-above-half": ("service_use:use", OVERALL, "above", "50"),
}

# As printed, of those with any contact, and of all, of whom the words speak.
OFFICIAL_NETWORK = {
    f"official-network-top3-{form}{base}" for form in ("order", "set") for base in ("", "-of-all")
}
# Sentences of headline, summary items, section headings and closing that state a result, by place.
CLAIMED = {
    "headline": OFFICIAL_NETWORK,
    "summary, item 1": {
        "official-contact-top3-order",
        "official-contact-top3-set",
        "official-contact-bottom3-order",
        "official-contact-bottom3-set",
    },
    "summary, item 2": OFFICIAL_NETWORK,
    "summary, item 3": {"important-at-least-70", "important-top3-order", "important-top3-set"},
    "summary, item 4": {"effects-top3-order"},
    "summary, item 5": {"hurdles-mode-overall"},
    "summary, item 6": {"would-use-at-least-half"},
    "closing, paragraph 3": {"effects-top3-order"},
    "closing, paragraph 4": {"hurdles-mode-overall", "would-use-at-least-half"},
    "closing, paragraph 5": {"important-every-industry-70"},
    "closing, paragraph 6": {"networks-as-assets"},
    "closing, paragraph 7": {"would-use-above-half", "would-use-answer-above-half"},
    "closing, paragraph 8": {"becoming-important"},
    "closing, paragraph 9": {"own-service"},
}


@pytest.fixture(scope="module")
def survey():
    return load_survey()


def places(text):
    return tuple(tuple(place.split("=")) for place in text.split(" > "))


def test_every_figure_and_no_other(survey):
    printed = {}
    for line in PRINTED.split("\n")[1:-1]:
        place, of, group, percent = line.split()
        section, paragraph = place.split(".")
        printed[of, group] = (percent, f"section {section}, paragraph {paragraph}")
    assert len(printed) == 38
    assert {(f.of, f.group): (f.percent, f.at) for f in survey.figures} == printed
    assert all(f.n is None and f.count is None for f in survey.figures)


def test_outline(survey):
    assert survey.total == 1233
    assert survey.group_ids == tuple(GROUPS)
    assert survey.source.fielded == (date(2025, 8, 26), date(2025, 9, 3))
    assert "2025年業界別アルムナイとの関係構築に関する実態調査" in survey.source.cite
    assert all(g.n is None for g in survey.groups)


def test_every_ranking_and_no_other(survey):
    found = {" ".join(filter(None, (r.of, r.from_, r.group))): r.places for r in survey.rankings}
    assert found == {name: places(text) for name, text in PLACES.items()}


def test_completeness_adds_something_only_where_the_source_leaves_something_out(survey):
    whole = {r.of for r in survey.rankings if not r.complete}
    assert whole == {"contact", "contact_forms", "service_use"}
    for ranking in survey.rankings:
        if ranking.of in whole:
            listed = {option for place in ranking.places for option in place}
            assert listed == set(survey.question(ranking.of).option_ids)


def test_questions(survey):
    assert [(q.id, q.answers, q.complete) for q in survey.questions] == [
        ("contact", "single", True),
        ("contact_forms", "multiple", False),
        ("importance", "single", False),
        ("effects", "multiple", False),
        ("hurdles", "multiple", False),
        ("service_use", "single", True),
    ]
    assert survey.question("contact_forms").base == (
        "contact:informal+formal+both",
        "contact:formal+both",
        "all",
    )
    assert {m.id: m.options for m in survey.measures} == {
        "official_contact": ("formal", "both"),
        "any_contact": ("informal", "formal", "both"),
        "important": ("very", "somewhat"),
        "would_use": ("use", "consider"),
    }


def test_every_kind_of_claim_that_the_release_makes_occurs(survey):
    assert {c.kind for c in survey.claims} == set(CLAIM_KINDS) - {"difference", "ratio", "change"}


def test_thresholds(survey):
    found = {
        c.id: (c.of, c.group, c.relation, c.percent) for c in survey.claims if c.kind == "threshold"
    }
    assert found == THRESHOLDS


def test_union_is_of_the_two_forms_the_source_names(survey):
    claim = survey.claim("rehire-or-dealings-40")
    assert claim.options == ("contact_forms:rehire", "contact_forms:business_dealings")
    assert (claim.group, claim.relation, claim.percent) == (OVERALL, "at-least", "40")


def test_modes_and_homogeneity(survey):
    modes = {c.group: c.option for c in survey.claims if c.kind == "mode"}
    assert modes == {
        OVERALL: "low_interest",
        "energy": "culture",
        "advertising_ict": "leak_risk",
        "education": "leak_risk",
    }
    homogeneous = {c.question: c.differ for c in survey.claims if c.kind == "homogeneity"}
    assert homogeneous == {"effects": False, "hurdles": True, "service_use": False}


def test_ranking_claims_agree_with_the_published_places(survey):
    published = {(r.of, r.from_, r.group): r.places for r in survey.rankings}
    claims = [c for c in survey.claims if c.kind == "ranking"]
    assert len(claims) == 11
    for claim in claims:
        assert claim.places == published[claim.of, claim.from_, claim.group]
    for claim in (c for c in survey.claims if c.kind == "extreme-set"):
        listed = [m for place in published[claim.of, claim.from_, None] for m in place]
        assert sorted(claim.members) == sorted(listed)


@pytest.mark.parametrize("place", CLAIMED)
def test_claims_by_place(survey, place):
    assert {c.id for c in survey.claims if place in c.at} == CLAIMED[place]


def test_each_section_heading_and_paragraph_is_accounted_for(survey):
    used = {place for c in survey.claims for place in c.at} | {f.at for f in survey.figures}
    paragraphs = {1: 4, 2: 3, 3: 3, 4: 2, 5: 3, 6: 3}
    expected = {f"section {s}, heading" for s in paragraphs}
    expected |= {
        f"section {s}, paragraph {p}" for s, n in paragraphs.items() for p in range(1, n + 1)
    }
    assert {place for place in used if place.startswith("section")} == expected


def test_every_text_is_in_both_languages(survey):
    texts = [c.text for c in survey.claims] + [g.label for g in survey.groups]
    texts += [m.label for m in survey.measures] + [q.label for q in survey.questions]
    texts += [o.label for q in survey.questions for o in q.options]
    texts += [survey.title, survey.population, survey.source.method]
    for text in texts:
        assert text.en.isascii()
        assert not text.ja.isascii()


def test_no_sentence_twice(survey):
    for lang in ("en", "ja"):
        texts = Counter(c.text.get(lang) for c in survey.claims)
        assert max(texts.values()) == 1


def test_the_data_card_counts_what_is_there(survey):
    card = Path(__file__).parents[2] / "docs" / "survey-card-hackazouk-2025.md"
    sections = ("groups", "questions", "measures", "figures", "rankings", "claims")
    counts = ", ".join(f"{len(getattr(survey, section))} {section}" for section in sections)
    assert f"| in the file | {counts} |" in card.read_text(encoding="utf-8")


def test_nothing_is_wrong_with_it(survey):
    assert check_survey(survey) == ()
