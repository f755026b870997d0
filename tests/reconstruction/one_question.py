"""A survey of one complete question, and a measure of its first two options."""


def text(word):
    return {"en": word, "ja": word}


def one_question(options, groups, figures):
    """Return the document of a survey; `groups` maps their ids to what else the file says."""
    return {
        "format": 1,
        "id": "one-question",
        "title": text("One question"),
        "source": {"publisher": "p", "url": "none", "cite": "c"},
        "groups": [{"id": g, "label": text(g), **said} for g, said in groups.items()],
        "questions": [
            {
                "id": "q",
                "label": text("q"),
                "answers": "single",
                "complete": True,
                "options": [{"id": o, "label": text(o)} for o in options],
            }
        ],
        "measures": [{"id": "ab", "question": "q", "options": ["a", "b"], "label": text("ab")}],
        "figures": figures,
    }
