"""Bounds, and what was found at them, of a survey whose solutions are few."""

from alumnistats.identification import bounds, possible_totals

SECONDS = 30


def test_what_was_found_lies_at_the_ends_of_what_is_proved(one_question):
    figures = [
        {"of": "q:a", "group": "g", "percent": "50"},
        {"of": "q:a", "group": "h", "percent": "33"},
    ]
    found = bounds(one_question(figures, total=11), SECONDS, of=["q:a"])
    # Halves are of even sizes and thirds of multiples of three: 11 is 2 + 9 and 8 + 3.
    ends = ["lower", "upper", "found_lower", "found_upper"]
    sizes = found.sizes.set_index("group")[ends].astype(int)
    assert sizes.loc["g"].tolist() == [2, 8, 2, 8]
    assert sizes.loc["h"].tolist() == [3, 9, 3, 9]
    assert found.sizes["exact"].all()
    counts = found.counts.set_index(["of", "group"])[ends].astype(int)
    assert counts.loc[("q:a", "g")].tolist() == [1, 4, 1, 4]
    assert counts.loc[("q:a", "h")].tolist() == [1, 3, 1, 3]
    share = ["share_lower", "share_upper", "share_found_lower", "share_found_upper"]
    row = found.counts.set_index(["of", "group"]).loc[("q:a", "g"), share]
    assert row.tolist() == [0.5] * 4


def test_totals_that_a_survey_may_have(one_question):
    figures = [
        {"of": "q:a", "group": "g", "percent": "50"},
        {"of": "q:a", "group": "h", "percent": "33"},
        {"of": "q:a", "group": "overall", "percent": "40"},
    ]
    assert possible_totals(one_question(figures), 16, SECONDS) == [5, 10, 15]
    assert possible_totals(one_question(figures), 9, SECONDS) == [5]
