import copy
import json

import pytest

from alumnistats.paper import compare, read_results, results_text
from alumnistats.paper.check import RELATIVE, changed_sources
from alumnistats.paper.results import PaperError


def entry(value, text, noise=0.0):
    return {"value": value, "unit": "number", "digits": 1, "noise": noise, "by": "f", "text": text}


def test_equal_results_do_not_differ(small_results):
    assert compare(small_results(), small_results()) == []


def test_a_changed_value_is_named(small_results):
    (difference,) = compare(small_results(), small_results(fixed=entry(1.6, "1.6")))
    assert difference.fails
    assert str(difference) == "fixed: recorded 1.5, found 1.6"


def test_what_prints_the_same_does_not_differ(small_results):
    assert compare(small_results(), small_results(fixed=entry(1.5004, "1.5"))) == []


def test_arithmetic_of_another_machine_is_allowed_for(small_results):
    near = 1.5 * (1 - 0.9 * RELATIVE)
    assert compare(small_results(), small_results(fixed=entry(near, "1.4"))) == []
    far = 1.5 * (1 - 1.1 * RELATIVE)
    assert compare(small_results(), small_results(fixed=entry(far, "1.4")))[0].fails


def test_a_drawn_value_may_differ_by_its_allowance(small_results):
    (within,) = compare(small_results(), small_results(drawn=entry(0.45, "0.5", 0.2)))
    assert within.kind == "noise"
    assert not within.fails
    (beyond,) = compare(small_results(), small_results(drawn=entry(0.55, "0.6", 0.2)))
    assert beyond.fails


def test_a_cell_of_a_table_is_named(small_results):
    changed = small_results()
    changed["values"]["table"]["value"][1][0] = "c"
    changed["values"]["table"]["text"][1][0] = "c"
    (difference,) = compare(small_results(), changed)
    assert str(difference) == "table[1].name: recorded b, found c"
    changed["values"]["table"]["value"].pop()
    changed["values"]["table"]["text"].pop()
    (difference,) = compare(small_results(), changed)
    assert str(difference) == "table: recorded a table of 2 rows, found a table of 1 rows"


def test_keys_that_come_and_go_are_named(small_results):
    fewer = small_results()
    del fewer["values"]["fixed"]
    assert [d.kind for d in compare(small_results(), fewer)] == ["missing"]
    assert [d.kind for d in compare(fewer, small_results())] == ["new"]


def test_a_verdict_that_changes_is_no_noise(small_results):
    before = small_results(drawn=entry("supported", "supported", 1.0))
    after = small_results(drawn=entry("contradicted", "contradicted", 1.0))
    assert compare(before, after)[0].fails


def test_sources_that_changed_are_told(small_results):
    after = copy.deepcopy(small_results())
    after["provenance"]["source_sha256"] = "1" * 64
    after["provenance"]["versions"]["numpy"] = "3.0"
    told = changed_sources(small_results(), after)
    assert told == [
        "source_sha256: recorded 000000000000…, found 111111111111…",
        "versions.numpy: recorded 2.0, found 3.0",
    ]


def test_results_are_written_a_line_an_entry_and_read_back(small_results, tmp_path):
    text = results_text(small_results())
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    assert read_results(tmp_path) == small_results() == json.loads(text)
    assert [line.split('"')[1] for line in text.splitlines()[-5:-2]] == ["drawn", "fixed", "table"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is none; run `alumnistats paper` first"),
        ("{", "expected JSON"),
        ('{"format": 2, "values": {}}', "expected results of format 1"),
    ],
)
def test_a_file_that_is_no_results_is_an_error(tmp_path, text, message):
    if text is not None:
        (tmp_path / "results.json").write_text(text, encoding="utf-8")
    with pytest.raises(PaperError, match=message):
        read_results(tmp_path)
