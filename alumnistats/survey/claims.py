"""The kinds of claim a release makes, each a record with just what its kind needs."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from alumnistats.survey.fields import (
    OVERALL,
    POINTS_SHAPE,
    WHERE_SHAPE,
    Change,
    End,
    GroupOrOverall,
    Id,
    Ids,
    Line,
    Of,
    Percent,
    Places,
    Points,
    Relation,
    ThresholdRelation,
    Times,
    Where,
    percent_units,
    refuse,
)
from alumnistats.survey.records import Label, Record

_QUESTION = "the id of a question"
OfAll = Annotated[StrictBool, Field(description="true or false")]
"""Whether a share is one of all respondents of the group, not of those who were asked."""


class ClaimRecord(Record):
    """What every claim has: an id, a sentence in our own words, and its places, if said."""

    id: Id
    text: Label
    at: Where | None = Field(default=None, description=WHERE_SHAPE)


class RankingClaim(ClaimRecord):
    """These hold the first places, in this order (`of`, `places`, `group` as in `Ranking`)."""

    kind: Literal["ranking"]
    of: Of = Field(description='the id of a measure or of a question, or "question:option"')
    from_: End = Field(alias="from")
    places: Places
    group: Id | None = Field(default=None, description='the id of a group, or "overall"')
    of_all: OfAll = False


class ExtremeSetClaim(ClaimRecord):
    """These groups are the first ones, in whatever order."""

    kind: Literal["extreme-set"]
    of: Of
    from_: End = Field(alias="from")
    members: Ids
    of_all: OfAll = False


class ThresholdClaim(ClaimRecord):
    """A share is beyond a value: overall, in one group, or in ``"every"`` group.

    With ``relation = "about"`` it is claimed to lie `within` so many percentage points of it.
    """

    kind: Literal["threshold"]
    of: Of
    group: Id = Field(description='the id of a group, "overall" or "every"')
    relation: ThresholdRelation
    percent: Percent
    within: Points | None = Field(default=None, description=POINTS_SHAPE)
    of_all: OfAll = False

    @model_validator(mode="after")
    def _tolerance(self) -> ThresholdClaim:
        if (self.relation == "about") != (self.within is not None):
            found = '"about" without within' if self.within is None else "within without it"
            raise refuse('within just where relation is "about"', found=found)
        if self.within is not None and self.ends == (Fraction(0), Fraction(1)):
            raise refuse("points that leave some share out", found=f"within = {self.within:g}")
        return self

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Least and greatest share claimed, as exact proportions in [0, 1].

        The same where a share is claimed to be beyond a value.
        """
        units, digits = percent_units(self.percent)
        middle = Fraction(units, 100 * 10**digits)
        # A number of a file is the decimal that it was written as.
        off = Fraction(str(self.within or 0)) / 100
        return max(middle - off, Fraction(0)), min(middle + off, Fraction(1))


class TwoGroupClaim(ClaimRecord):
    """A group's share is compared with another group's."""

    kind: Literal["difference", "ratio"]
    of: Of
    group: Id = Field(description="the id of a group")
    than: Id = Field(description="the id of another group")
    relation: Relation
    of_all: OfAll = False


class DifferenceClaim(TwoGroupClaim):
    """A group's share exceeds another's by some percentage points."""

    kind: Literal["difference"]
    points: Points


class RatioClaim(TwoGroupClaim):
    """A group's share is some times another's, as in "twice as many"."""

    kind: Literal["ratio"]
    times: Times


class ChangeClaim(ClaimRecord):
    """A share is so many points above what it was in an earlier survey, of other respondents.

    `points` is 0 for "rose" and "fell", and negative for a fall. `was` is the share in the earlier
    survey, where it has another id there.
    """

    kind: Literal["change"]
    since: Line = Field(
        description="the path of an earlier survey file, from this one, or an embedded survey's id"
    )
    of: Of
    was: Of | None = Field(
        default=None, description="the same share in the earlier survey, if it has another id there"
    )
    group: GroupOrOverall = OVERALL
    relation: Relation
    points: Change = 0.0
    of_all: OfAll = False

    @property
    def of_then(self) -> str:
        """Which share of the earlier survey is compared."""
        return self.was or self.of


class ModeClaim(ClaimRecord):
    """An option is the one that a group (or ``"overall"``) chose most often."""

    kind: Literal["mode"]
    question: Id = Field(description=_QUESTION)
    group: GroupOrOverall
    option: Id = Field(description="the id of an option of the question")


class HomogeneityClaim(ClaimRecord):
    """No group's answers to a question differ notably from the overall ones.

    With ``differ = true`` the claim is the opposite: some groups do differ. With `within`, in
    percentage points, "notably" has a meaning: no two groups are farther apart than that.
    """

    kind: Literal["homogeneity"]
    question: Id = Field(description=_QUESTION)
    differ: StrictBool = Field(default=False, description="true or false")
    within: Points | None = Field(default=None, description=POINTS_SHAPE)

    @model_validator(mode="after")
    def _one_direction(self) -> HomogeneityClaim:
        if self.differ and self.within is not None:
            raise refuse("within, or differ = true", found="both within and differ = true")
        return self


class UnionClaim(ClaimRecord):
    """The share that chose at least one of several options of one multiple-answer question."""

    kind: Literal["union"]
    options: tuple[Of, ...] = Field(
        min_length=2, description='a list of two or more "question:option" of one question'
    )
    group: GroupOrOverall
    relation: Relation
    percent: Percent


class StatementClaim(ClaimRecord):
    """A sentence that no statistic of the survey could decide."""

    kind: Literal["statement"]


Claim = Annotated[
    RankingClaim
    | ExtremeSetClaim
    | ThresholdClaim
    | DifferenceClaim
    | RatioClaim
    | ChangeClaim
    | ModeClaim
    | HomogeneityClaim
    | UnionClaim
    | StatementClaim,
    Field(discriminator="kind"),
]

CLAIM_KINDS: dict[str, type[ClaimRecord]] = {
    "ranking": RankingClaim,
    "extreme-set": ExtremeSetClaim,
    "threshold": ThresholdClaim,
    "difference": DifferenceClaim,
    "ratio": RatioClaim,
    "change": ChangeClaim,
    "mode": ModeClaim,
    "homogeneity": HomogeneityClaim,
    "union": UnionClaim,
    "statement": StatementClaim,
}
"""The record of each kind, in the order in which the file format documents them."""
