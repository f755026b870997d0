"""The sentences of claims that a file leaves unsaid, in English and Japanese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alumnistats.sources.short_form.names import Entry, texts_of
from alumnistats.survey import EVERY, OVERALL

Labels = Mapping[str, tuple[str, str]]
"""Labels in English and Japanese, as by `labels_of`."""

RELATIONS = {
    "at-least": ("at least {0}%", "{0}%以上である"),
    "above": ("above {0}%", "{0}%を超える"),
    "at-most": ("at most {0}%", "{0}%以下である"),
    "below": ("below {0}%", "{0}%未満である"),
    "about": ("about {0}%, give or take {1:g} points", "{0}%前後（±{1:g}ポイント）である"),
}


_AMOUNTS = {
    "at-least": ("at least {0}", "{0}以上である"),
    "above": ("more than {0}", "{0}を超える"),
    "at-most": ("at most {0}", "{0}以下である"),
    "below": ("less than {0}", "{0}未満である"),
}


def _amount(relation: str, number: float, unit: str) -> tuple[str, str]:
    """Return a number with its relation, in Japanese with its unit and the sentence's end."""
    en, ja = _AMOUNTS[relation]
    return en.format(f"{number:g}"), ja.format(f"{number:g}{unit}")


def labels_of(
    groups: Iterable[Any], questions: Sequence[Any], measures: Iterable[Any]
) -> dict[str, tuple[str, str]]:
    """Return what sentences call groups, questions, measures and options.

    Groups are under ``"group GROUP"``, since a measure may have the same id; an answer is under
    ``"question:option"``, and under ``"share question:option"`` with its question, if that has
    others.
    """
    found: dict[str, tuple[str, str]] = {}
    for entry in (*questions, *measures):
        _add(found, entry, "")
    for entry in groups:
        _add(found, entry, "group ")
    for question in questions:
        options = question.get("options") if isinstance(question, dict) else None
        if isinstance(options, list) and isinstance(question.get("id"), str):
            for option in options:
                _add(found, option, f"{question['id']}:")
            if len(options) > 1:
                en, ja = found[question["id"]]
                found |= {
                    f"share {key}": (f"{en}: {found[key][0]}", f"{ja}：{found[key][1]}")
                    for key in _answers(question, options)
                }
    return found


def _answers(question: Entry, options: Iterable[Any]) -> list[str]:
    ids = [option.get("id") for option in options if isinstance(option, dict)]
    return [f"{question['id']}:{id}" for id in ids if isinstance(id, str)]


def _add(found: dict[str, tuple[str, str]], entry: Any, prefix: str) -> None:
    if isinstance(entry, dict) and isinstance(entry.get("id"), str):
        texts = texts_of(entry.get("label")) or (entry["id"],)
        found[prefix + entry["id"]] = (texts[0], texts[-1])


def sentence(claim: Entry, labels: Labels) -> Entry:
    """Return what a claim says, in both languages.

    Parameters
    ----------
    claim : dict
        Of format 1, without `text`.
    labels : mapping
        As by `labels_of`; what is not in it is called by its id.

    Returns
    -------
    dict
        `en` and `ja`.

    Examples
    --------
    >>> claim = {"kind": "threshold", "of": "rise", "group": "it", "relation": "above",
    ...          "percent": "50"}
    >>> labels = {"rise": ("Raises pay", "賃上げ"), "group it": ("IT", "情報通信")}
    >>> sentence(claim, labels)["en"], sentence(claim, labels)["ja"]
    ('"Raises pay" is above 50% in IT.', '情報通信では、「賃上げ」の割合は50%を超える。')
    """
    made = _SENTENCES[claim["kind"]](claim, labels)
    return {"en": made[0], "ja": made[1]}


def _share(labels: Labels, of: str) -> tuple[str, str]:
    return labels.get(f"share {of}") or labels.get(of, (of, of))


def _groups(labels: Labels, ids: Sequence[str]) -> tuple[str, str]:
    names = [labels.get(f"group {id}", (id, id)) for id in ids]
    return _and([en for en, _ in names]), "と".join(ja for _, ja in names)


def _options(labels: Labels, question: str, ids: Sequence[str]) -> tuple[str, str]:
    names = [labels.get(f"{question}:{id}", (id, id)) for id in ids]
    return _and([f'"{en}"' for en, _ in names]), "と".join(f"「{ja}」" for _, ja in names)


def _and(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _inside(labels: Labels, group: str | None) -> tuple[str, str]:
    """Return the group of which a sentence speaks, as it stands at its end and at its beginning."""
    if group in (None, OVERALL):
        return "", ""
    if group == EVERY:
        return " in every group", "どのグループでも、"
    en, ja = _groups(labels, [str(group)])
    return f" in {en}", f"{ja}では、"


def _threshold(claim: Entry, labels: Labels) -> tuple[str, str]:
    en, ja = _share(labels, claim["of"])
    numbers = claim["percent"], claim.get("within")
    beyond = [text.format(*numbers) for text in RELATIONS[claim["relation"]]]
    inside = _inside(labels, claim.get("group"))
    return f'"{en}" is {beyond[0]}{inside[0]}.', f"{inside[1]}「{ja}」の割合は{beyond[1]}。"


def _order(claim: Entry, labels: Labels) -> tuple[str, str]:
    high, of, places = claim["from"] == "highest", claim["of"], claim["places"]
    if any(f"{of}:{member}" in labels for place in places for member in place):
        en, ja = labels.get(of, (of, of))
        names = [_options(labels, of, place) for place in places]
        inside = _inside(labels, claim.get("group"))
        most, many = ("most", "多い") if high else ("least", "少ない")
        order = ", then ".join(name for name, _ in names)
        order_ja = "".join(name for _, name in names)
        end = f"の順に{many}" if len(names) > 1 else f"が最も{many}"
        return (
            f'The {most} frequent answer to "{en}"{inside[0]} is {order}.',
            f"{inside[1]}「{ja}」への回答は、{order_ja}{end}。",
        )
    en, ja = _share(labels, of)
    names = [_groups(labels, place) for place in places]
    order = ", then in ".join(name for name, _ in names)
    order_ja = "、".join(name for _, name in names)
    end = "の順に" if len(names) > 1 else "で最も"
    return (
        f'"{en}" is {claim["from"]} in {order}.',
        f"「{ja}」の割合は、{order_ja}{end}{'高い' if high else '低い'}。",
    )


def _set(claim: Entry, labels: Labels) -> tuple[str, str]:
    high, members = claim["from"] == "highest", claim["members"]
    en, ja = _share(labels, claim["of"])
    names = _groups(labels, members)
    if len(members) == 1:
        end = "高い" if high else "低い"
        return (
            f'"{en}" is {claim["from"]} in {names[0]}.',
            f"「{ja}」の割合は{names[1]}で最も{end}。",
        )
    each = "、".join(_groups(labels, [member])[1] for member in members)
    ends = "上位" if high else "下位"
    return (
        f'The {len(members)} groups in which "{en}" is {claim["from"]} are {names[0]}.',
        f"「{ja}」の割合の{ends}{len(members)}グループは、{each}である。",
    )


def _compared(claim: Entry, labels: Labels) -> list[tuple[str, str]]:
    """Return the share, the group and the group that it is compared with, in both languages."""
    groups = (_groups(labels, [claim[key]]) for key in ("group", "than"))
    return [_share(labels, claim["of"]), *groups]


def _difference(claim: Entry, labels: Labels) -> tuple[str, str]:
    (en, ja), one, other = _compared(claim, labels)
    by = _amount(claim["relation"], claim["points"], "ポイント")
    return (
        f'"{en}" in {one[0]} exceeds that in {other[0]} by {by[0]} points.',
        f"「{ja}」の割合の差（{one[1]}－{other[1]}）は{by[1]}。",
    )


def _ratio(claim: Entry, labels: Labels) -> tuple[str, str]:
    (en, ja), one, other = _compared(claim, labels)
    by = _amount(claim["relation"], claim["times"], "倍")
    return (
        f'"{en}" is {by[0]} times as frequent in {one[0]} as in {other[0]}.',
        f"「{ja}」の割合は、{one[1]}が{other[1]}の{by[1]}。",
    )


_CHANGES = {
    (True, False): ("rose", "上昇した"),
    (True, True): ("did not fall", "低下していない"),
    (False, False): ("fell", "低下した"),
    (False, True): ("did not rise", "上昇していない"),
}
"""What is said of no points: by whether upwards, and whether a tie is enough."""
_TURNED = {"at-least": "at-most", "above": "below", "at-most": "at-least", "below": "above"}


def _change(claim: Entry, labels: Labels) -> tuple[str, str]:
    en, ja = _share(labels, claim["of"])
    inside = _inside(labels, claim.get("group"))
    relation, points = claim["relation"], claim.get("points", 0)
    if points == 0:
        upward, tie = relation in ("at-least", "above"), relation in ("at-least", "at-most")
        said = _CHANGES[upward, tie]
        beginning = f"{inside[1]}「{ja}」の割合は前回の調査から"
        return f'"{en}"{inside[0]} {said[0]} since the earlier survey.', f"{beginning}{said[1]}。"
    verb, noun = ("rose", "上昇") if points > 0 else ("fell", "低下")
    by = _amount(relation if points > 0 else _TURNED[relation], abs(points), "ポイント")
    return (
        f'"{en}"{inside[0]} {verb} by {by[0]} points since the earlier survey.',
        f"{inside[1]}「{ja}」の割合の前回の調査からの{noun}は{by[1]}。",
    )


def _mode(claim: Entry, labels: Labels) -> tuple[str, str]:
    question = claim["question"]
    places = [[claim["option"]]]
    asked = {"of": question, "from": "highest", "places": places, "group": claim.get("group")}
    known = {f"{question}:{claim['option']}": (claim["option"],) * 2, **labels}
    return _order(asked, known)


def _homogeneity(claim: Entry, labels: Labels) -> tuple[str, str]:
    en, ja = labels.get(claim["question"], (claim["question"],) * 2)
    if claim.get("differ") is True:
        return (
            f'Groups differ in their answers to "{en}".',
            f"「{ja}」への回答はグループによって異なる。",
        )
    return (
        f'No group differs notably from the whole in its answers to "{en}".',
        f"「{ja}」への回答が全体と大きく異なるグループはない。",
    )


def _union(claim: Entry, labels: Labels) -> tuple[str, str]:
    names = [labels.get(of, (of, of)) for of in claim["options"]]
    beyond = [text.format(claim["percent"]) for text in RELATIONS[claim["relation"]]]
    inside = _inside(labels, claim.get("group"))
    en = " or ".join(f'"{name}"' for name, _ in names)
    ja = "または".join(f"「{name}」" for _, name in names)
    return (
        f"The share that chose {en} is {beyond[0]}{inside[0]}.",
        f"{inside[1]}{ja}を選んだ割合は{beyond[1]}。",
    )


_SENTENCES = {
    "threshold": _threshold,
    "ranking": _order,
    "extreme-set": _set,
    "mode": _mode,
    "homogeneity": _homogeneity,
    "union": _union,
    "difference": _difference,
    "ratio": _ratio,
    "change": _change,
}
SAID_BY_KIND = tuple(_SENTENCES)
"""The kinds of claim whose sentence follows from their other keys."""
