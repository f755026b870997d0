"""A whole published survey, and how its parts are looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, StrictBool
from pydantic.json_schema import SkipJsonSchema

from alumnistats.errors import ArgumentError, closest, listed
from alumnistats.survey.claims import Claim
from alumnistats.survey.fields import (
    ABOUT_CUT,
    OVERALL,
    POOLED,
    ROUNDED,
    AddingUps,
    DesignEffect,
    Id,
    OverallShares,
    Part,
    Positive,
    refuse,
)
from alumnistats.survey.records import (
    Figure,
    Group,
    Label,
    Measure,
    Question,
    Ranking,
    Record,
    Source,
    Stratum,
    Text,
)

T = TypeVar("T")

_FORMAT_SHAPE = "1 or 2, the versions of the file format"


def _check_format(value: object) -> object:
    if type(value) is not int or value != 1:
        raise refuse(_FORMAT_SHAPE)
    return value


class Survey(Record):
    """A published survey: every figure, ranking and claim, each with its place in the source.

    The records say what one entry may look like; whether entries fit together (known ids, totals,
    places that agree with the figures) is what `alumnistats.sources.check_survey` finds out.

    Attributes
    ----------
    total : int, optional
        Published number of respondents.
    total_about : int, optional
        Where the source says only about how many they were.
    total_at_most : int, optional
        Where it says only how many they were at most, such as the number that was asked.
    quota : int, optional
        Published number of respondents that every group was meant to have; some may have missed it.
    weighted : bool, optional
        Whether percentages are weighted shares; they are shares of counts when omitted.
    design_effect : float, optional
        Of weighted percentages: the respondents that say as much as one independent one.
    weight_at_most : float, optional
        The greatest part of the population that any group may be, in (0, 1], where only such a
        bound is known; a group's own `weight` goes before it.
    strata : tuple of Stratum
        Sets of groups with quotas of their own; empty where one quota was meant for all.
    overall_share : tuple of {"pooled", "mean"}
        Candidates: overall figures are shares of all respondents, or plain means over the groups'
        shares.
    adding_up : tuple of {"rounded", "forced"}
        Candidates: shares of a whole distribution are rounded each by itself, or forced to sum to
        100 by the largest remainders.
    format : int
        1, that of these records: a file of format 2 says the same in short.
    path, sha256 : str
        The file it was read from and the hash of its bytes; set by the reader, never in a file.
    earlier : tuple of (str, Survey)
        The surveys that claims of a change name, by the name that they give; set by the reader.
    """

    format: Annotated[
        Literal[1], BeforeValidator(_check_format, json_schema_input_type=Literal[1])
    ] = Field(description=_FORMAT_SHAPE)
    id: Id
    title: Label
    source: Source = Field(description="a table with publisher, url and cite")
    total: Positive | None = Field(
        default=None, description="a whole number of respondents, 1 or more"
    )
    total_about: Positive | None = Field(
        default=None, description="about how many respondents, 1 or more; in place of total"
    )
    total_at_most: Positive | None = Field(
        default=None, description="the most respondents, 1 or more; in place of total"
    )
    quota: Positive | None = Field(
        default=None, description="the number of respondents aimed at in every group, 1 or more"
    )
    weighted: StrictBool | None = Field(default=None, description="true or false")
    design_effect: DesignEffect | None = Field(
        default=None, description="a number of at least 1, of a weighted survey"
    )
    overall_share: OverallShares = (POOLED,)
    adding_up: AddingUps = (ROUNDED,)
    population: Text | None = Field(
        default=None, description='a text in both languages, as in { en = "...", ja = "..." }'
    )
    weight_at_most: Part | None = Field(
        default=None, description="the greatest part of the population of any group, as in 0.4"
    )
    strata: tuple[Stratum, ...] = Field(default=(), description="tables headed [[strata]]")
    groups: tuple[Group, ...] = Field(min_length=1, description="at least one [[groups]]")
    questions: tuple[Question, ...] = Field(min_length=1, description="at least one [[questions]]")
    measures: tuple[Measure, ...] = Field(default=(), description="tables headed [[measures]]")
    figures: tuple[Figure, ...] = Field(min_length=1, description="at least one [[figures]]")
    rankings: tuple[Ranking, ...] = Field(default=(), description="tables headed [[rankings]]")
    claims: tuple[Claim, ...] = Field(default=(), description="tables headed [[claims]]")
    path: SkipJsonSchema[str] = Field(default="", exclude=True)
    sha256: SkipJsonSchema[str] = Field(default="", exclude=True)
    earlier: SkipJsonSchema[tuple[tuple[str, Survey], ...]] = Field(default=(), exclude=True)

    @property
    def total_bounds(self) -> tuple[int, int | None]:
        """Fewest and most respondents that the file allows; None where it says no most."""
        if self.total is not None:
            return self.total, self.total
        if self.total_about is not None:
            off = ABOUT_CUT * self.total_about
            return ceil(self.total_about - off), int(self.total_about + off)
        return 1, self.total_at_most

    @property
    def total_said(self) -> str | None:
        """The number of respondents as the file gives it: "1233", "about 1000", "at most 1500"."""
        if self.total is not None:
            return str(self.total)
        if self.total_about is not None:
            return f"about {self.total_about}"
        return None if self.total_at_most is None else f"at most {self.total_at_most}"

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Ids of the groups, in the order of the file."""
        return tuple(g.id for g in self.groups)

    @property
    def weight_bounds(self) -> tuple[tuple[float, float], ...] | None:
        """Least and greatest part of the population of each group; None if none are stated."""
        if self.weight_at_most is None and all(g.weight is None for g in self.groups):
            return None
        most = 1.0 if self.weight_at_most is None else self.weight_at_most
        return tuple(g.weight or (0.0, most) for g in self.groups)

    def group(self, id: str) -> Group:
        """Return the group of this id; `ArgumentError` if there is none."""
        return _pick("group", id, {g.id: g for g in self.groups})

    def question(self, id: str) -> Question:
        """Return the question of this id; `ArgumentError` if there is none."""
        return _pick("question", id, {q.id: q for q in self.questions})

    def measure(self, id: str) -> Measure:
        """Return the measure of this id; `ArgumentError` if there is none."""
        return _pick("measure", id, {m.id: m for m in self.measures})

    def claim(self, id: str) -> Claim:
        """Return the claim of this id; `ArgumentError` if there is none."""
        return _pick("claim", id, {c.id: c for c in self.claims})

    def before(self, since: str) -> Survey | None:
        """Return the earlier survey that a claim of a change names; None if it was not read."""
        return dict(self.earlier).get(since)

    def resolve(self, of: str) -> tuple[Question, tuple[str, ...]]:
        """Return what a share is made of.

        Parameters
        ----------
        of : str
            A measure's id, or ``"question:option"``.

        Returns
        -------
        Question
        tuple of str
            Ids of the options whose answers the share counts.

        Raises
        ------
        ArgumentError
            If there is no such measure, question or option.
        """
        shares = {m.id: (self.question(m.question), m.options) for m in self.measures}
        shares |= {f"{q.id}:{o}": (q, (o,)) for q in self.questions for o in q.option_ids}
        return _pick("of", of, shares)

    def label(self, of: str, lang: str = "en") -> str:
        """Return the label of a measure, ``"question:option"``, question or group.

        Raises
        ------
        ArgumentError
            If there is no such thing, or `lang` is neither ``"en"`` nor ``"ja"``.
        """
        if of == OVERALL:
            return Text(en="All respondents", ja="全体").get(lang)
        labelled: tuple[Group | Question | Measure, ...] = (
            *self.groups,
            *self.questions,
            *self.measures,
        )
        for record in labelled:
            if record.id == of:
                return record.label.get(lang)
        question, (option, *_) = self.resolve(of)
        return next(o.label for o in question.options if o.id == option).get(lang)

    def credit(self, lang: str = "en") -> str:
        """Return where the figures come from, as a line under a picture."""
        named = {"en": "Source: {publisher}, {title}. Computed with alumnistats.",
                 "ja": "出典：{publisher}「{title}」。alumnistatsによる計算。"}  # fmt: skip
        publisher, title = self.publisher(lang), self.title.get(lang)
        return Text(**named).get(lang).format(publisher=publisher, title=title)

    def publisher(self, lang: str = "en") -> str:
        """Return who published the figures; brackets of Japanese have no space before them."""
        name = self.source.publisher
        return re.sub(r"\s*\(([^()]*)\)", r"（\1）", name) if lang == "ja" else name

    def is_nonresponse(self, of: str) -> bool:
        """Return whether a share counts nothing but answers that say who answered, not what."""
        question, options = self.resolve(of)
        return all(o.nonresponse for o in question.options if o.id in options)

    def figures_of(self, of: str) -> Mapping[str, Figure]:
        """Return the figures of a measure or ``"question:option"``, by group or ``"overall"``."""
        return {f.group: f for f in self.figures if f.of == of}

    def overall(self, of: str) -> Figure | None:
        """Return the figure of all respondents, or None when it is not published."""
        return self.figures_of(of).get(OVERALL)

    def __repr__(self) -> str:
        parts = ("groups", "questions", "figures", "rankings", "claims")
        counts = ", ".join(f"{len(getattr(self, part)):,} {part}" for part in parts)
        return f"Survey({self.id!r}: {counts})"

    __str__ = __repr__


def _pick(parameter: str, id: str, known: Mapping[str, T]) -> T:
    if id not in known:
        hint = closest(id, known)
        raise ArgumentError(parameter, id, f"{listed(known)}. {hint}" if hint else listed(known))
    return known[id]
