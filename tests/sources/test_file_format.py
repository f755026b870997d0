"""The document of the file format against the reader."""

import re
from pathlib import Path

import pytest

from alumnistats.sources.shape import SECTIONS
from alumnistats.survey import CLAIM_KINDS, Option, Source, Survey

DOCUMENT = (Path(__file__).parents[2] / "docs" / "file-format.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)[1]
EXPLAINED = set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\|.*", DOCUMENT, re.MULTILINE))))
EXPLAINED |= set(re.findall(r"`\[*([a-z]+)\]*`,", DOCUMENT))  # sections, at the head of a table


def test_the_example_is_a_survey(problems_of):
    assert problems_of(EXAMPLE) == []


def test_the_messages_are_what_the_example_so_changed_gives(problems_of):
    text = EXAMPLE.replace("total = 300", "total = -5").replace('Shop = "88.2"', "Shop = 88.2")
    text = text.replace('Factory = "93.9"', 'Factry = "93.9"')
    printed = [line for line in DOCUMENT.split("\n") if line.startswith("my.toml: ")]
    assert [f"my.toml: {problem}" for problem in problems_of(text)] == printed


@pytest.mark.parametrize(
    "record",
    [Survey, Source, Option, *(r for s, r in SECTIONS.items() if s != "claims")],
)
def test_every_key_is_explained(record):
    keys = {field.alias or name for name, field in record.model_fields.items()}
    assert keys - EXPLAINED <= {"path", "sha256", "earlier"}


@pytest.mark.parametrize("kind", CLAIM_KINDS)
def test_every_kind_is_explained_with_its_keys(kind):
    (row,) = re.findall(rf"^\| `{kind}` \|.*", DOCUMENT, re.MULTILINE)
    fields = CLAIM_KINDS[kind].model_fields
    keys = {field.alias or name for name, field in fields.items()} - {"id", "kind", "text", "at"}
    for key in keys:
        assert re.search(rf"`{key}\b", row), key
