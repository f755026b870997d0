"""Small surveys of one question."""

import pytest
from brute_force import text

from alumnistats.survey import Survey


@pytest.fixture(scope="session")
def one_question():
    """Make a survey of a question with three answers, the first two of which are a measure."""

    def made(figures, groups=("g", "h"), answers="single", **more):
        labels = [g if isinstance(g, dict) else {"id": g} for g in groups]
        return Survey.model_validate({
            "format": 1, "id": "tiny", "title": text("tiny"),
            "source": {"publisher": "p", "url": "u", "cite": "c"},
            "groups": [{"label": text(g["id"])} | g for g in labels],
            "questions": [{
                "id": "q", "label": text("q"), "answers": answers,
                "complete": answers == "single",
                "options": [{"id": o, "label": text(o)} for o in "abc"],
            }],
            "measures": [
                {"id": "ab", "label": text("ab"), "question": "q", "options": ["a", "b"]}
            ],
            "figures": [{"at": "t"} | figure for figure in figures],
        } | more)  # fmt: skip

    return made
