"""Frozen records of what a release prints: groups, questions, measures, figures and rankings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from alumnistats.errors import ArgumentError
from alumnistats.survey.fields import (
    ALL,
    AT_SHAPE,
    Answers,
    At,
    BaseCandidate,
    Count,
    Days,
    End,
    GroupOrOverall,
    Id,
    Ids,
    Line,
    Of,
    Part,
    Percent,
    Places,
    Population,
    Positive,
    percent_units,
    refuse,
)

_TEXT_SHAPE = 'a text in both languages, as in { en = "...", ja = "..." }'


class Record(BaseModel):
    """What every record has in common: frozen, and no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Record):
    """A text in both languages."""

    en: Line = Field(description="the text in English")
    ja: Line = Field(description="the text in Japanese")

    def get(self, lang: str) -> str:
        """Return the text in `lang`.

        Raises
        ------
        ArgumentError
            If `lang` is neither ``"en"`` nor ``"ja"``.
        """
        if lang not in ("en", "ja"):
            raise ArgumentError("lang", lang, '"en" or "ja"')
        return self.en if lang == "en" else self.ja


Label = Annotated[Text, Field(description=_TEXT_SHAPE)]


class Source(Record):
    """Who published the survey, where, and how it was made.

    Attributes
    ----------
    cite : str
        The citation, as the publisher asks for it.
    fielded : tuple of date, optional
        First and last day of the fieldwork.
    method : Text, optional
        How respondents were asked.
    panel : str, optional
        Who provided the respondents.
    """

    publisher: Line = Field(description="who published the survey")
    url: Line = Field(description="the address of the publication")
    cite: Line = Field(description="the citation that the publisher asks for")
    fielded: Days | None = Field(
        default=None,
        description='the first and the last day, as in ["2025-08-26", "2025-09-03"]',
    )
    method: Text | None = Field(default=None, description=_TEXT_SHAPE)
    panel: Line | None = Field(default=None, description="who provided the respondents")


class Stratum(Record):
    """Groups that were filled to a quota of their own.

    Attributes
    ----------
    quota : int, optional
        Published number of respondents that each of its groups was meant to have.
    total : int, optional
        Published number of respondents of all its groups.
    """

    id: Id
    label: Label
    quota: Positive | None = Field(
        default=None, description="the number of respondents aimed at in each group, 1 or more"
    )
    total: Positive | None = Field(
        default=None, description="a whole number of respondents, 1 or more"
    )


class Group(Record):
    """One of the groups that the survey compares.

    Attributes
    ----------
    stratum : str, optional
        Id of the stratum, in a survey that has strata.
    n : int, optional
        Published number of respondents.
    population_size : int, optional
        Size of the population that the group stands for.
    weight : tuple of float, optional
        Least and greatest part that it may be of the whole population, in [0, 1].
    """

    id: Id
    label: Label
    stratum: Id | None = Field(default=None, description="the id of a stratum")
    n: Positive | None = Field(default=None, description="a whole number of respondents, 1 or more")
    population_size: Population | None = Field(
        default=None, description="a whole number, 1 or more"
    )
    weight: tuple[Part, Part] | None = Field(
        default=None,
        description="the least and the greatest part of the population, as in [0.05, 0.4]",
    )


class Option(Record):
    """One answer of a question.

    Attributes
    ----------
    nonresponse : bool, optional
        Whether it says who answered rather than what, as "No answer" does: groups are not ranked
        by it.
    """

    id: Id
    label: Label
    nonresponse: StrictBool | None = Field(default=None, description="true or false")


class Question(Record):
    """One question.

    Attributes
    ----------
    answers : {"single", "multiple"}
        How many options a respondent could choose.
    base : tuple of str
        Who may have been asked, one candidate each: ``"all"``, or ``"question:option+option"``,
        those who gave one of these answers to an earlier single-answer question.
    options : tuple of Option
    complete : bool
        Whether the options partition the base (single-answer questions only).
    """

    id: Id
    label: Label
    answers: Answers
    base: tuple[BaseCandidate, ...] = Field(
        default=(ALL,),
        min_length=1,
        description='a list of candidates, each "all" or "question:option+option"',
    )
    options: tuple[Option, ...] = Field(
        min_length=1, description="a list of options, each with an id and a label"
    )
    complete: StrictBool = Field(default=False, description="true or false")

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of the options, in the order of the file."""
        return tuple(o.id for o in self.options)


class Measure(Record):
    """The share of a base that gave any of several answers of one single-answer question."""

    id: Id
    question: Id = Field(description="the id of a single-answer question")
    options: Ids = Field(description="a list of ids of options of the question, at least one")
    label: Label


class Figure(Record):
    """One published share.

    Attributes
    ----------
    of : str
        A measure's id, or ``"question:option"``.
    group : str
        A group's id, or ``"overall"``.
    percent : str, optional
        As printed; at least one of `percent` and `count` is given.
    count : int, optional
        Published number of such answers.
    n : int, optional
        Published number of respondents asked.
    at : str, optional
        Where in the source.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["percent"]}, {"required": ["count"]}]}
    )

    of: Of
    group: GroupOrOverall
    percent: Percent | None = Field(
        default=None, description='a string such as "47.8", between "0" and "100"'
    )
    count: Count | None = Field(default=None, description="a whole number of answers, 0 or more")
    n: Positive | None = Field(default=None, description="a whole number of respondents, 1 or more")
    at: At | None = Field(default=None, description=AT_SHAPE)

    @model_validator(mode="after")
    def _publishes_something(self) -> Figure:
        if self.percent is None and self.count is None:
            raise refuse("percent, count, or both", found="neither percent nor count")
        return self

    @property
    def digits(self) -> int:
        """Number of decimals that the percentage was printed with."""
        return percent_units(self._printed)[1]

    @property
    def units(self) -> int:
        """The percentage in units of its last digit: ``"47.8"`` is 478."""
        return percent_units(self._printed)[0]

    @property
    def _printed(self) -> str:
        if self.percent is None:
            raise ArgumentError("percent", None, f"a published percentage of {self.of}")
        return self.percent


class Ranking(Record):
    """A published list of extremes, most extreme first; members of one place are tied.

    Attributes
    ----------
    of : str
        A measure's id or ``"question:option"``, whose places hold group ids; or a question's id,
        whose places hold options of that question within `group`.
    from_ : {"highest", "lowest"}
        Spelt ``from`` in a file.
    places : tuple of tuple of str
    complete : bool
        Whether whatever the list leaves out lies strictly beyond its last place.
    group : str, optional
        Only for a ranking of options: whose answers; all respondents when omitted.
    at : str, optional
        Where in the source.
    """

    of: Of = Field(description='the id of a measure or of a question, or "question:option"')
    from_: End = Field(alias="from")
    places: Places
    complete: StrictBool = Field(default=False, description="true or false")
    group: Id | None = Field(default=None, description='the id of a group, or "overall"')
    at: At | None = Field(default=None, description=AT_SHAPE)
