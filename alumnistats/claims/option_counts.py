"""What is published of the counts of a question's options: a value, bounds, or a place only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from alumnistats.claims.evidence import Evidence
from alumnistats.survey import ALL, OVERALL, Question


@dataclass(frozen=True, slots=True)
class Share:
    """An option's count in a base, or its bounds where only its place is published.

    Attributes
    ----------
    low, high : int
        Least and greatest count; equal where it is recovered.
    nobs : int
    options : int
        How many options it stands for: those that a list leaves out have the same bounds.
    place : float
        In the list of the group, from 1; infinite beyond its end, NaN where no list tells.
    """

    low: int
    high: int
    nobs: int
    options: int = 1
    place: float = float("nan")

    @classmethod
    def known(cls, count: int, nobs: int) -> Share:
        """Return a count that is recovered."""
        return cls(count, count, nobs)

    @property
    def exact(self) -> bool:
        """Whether the count is recovered."""
        return self.low == self.high and self.options == 1


def share_of(evidence: Evidence, of: str, group: str) -> Share | None:
    """Return the most probable count of an option, or None if no figure is published of it."""
    return evidence.once(("share", of, group), lambda: _share_of(evidence, of, group))


def _share_of(evidence: Evidence, of: str, group: str) -> Share | None:
    found = evidence.counts(of, group) if group in evidence.survey.figures_of(of) else None
    if found is None:
        return None
    n, k, weight = found
    pairs, index = np.unique(np.stack([n, k]), axis=1, return_inverse=True)
    best = int(np.argmax(np.bincount(index.reshape(-1), weight)))
    return Share.known(int(pairs[1, best]), int(pairs[0, best]))


def _list_of(evidence: Evidence, question: Question, group: str) -> tuple[dict[str, int], bool]:
    """Return the place of every option in the group's lists from the top, and whether all is said.

    All is said where a list is complete: what it leaves out lies beyond its last place.
    """
    places: dict[str, int] = {}
    complete = False
    for ranking in evidence.survey.rankings:
        mine = ranking.of == question.id and (ranking.group or OVERALL) == group
        if mine and ranking.from_ == "highest":
            places |= {o: i for i, at in enumerate(ranking.places, 1) for o in at}
            complete |= ranking.complete
    return places, complete


def shares_of(evidence: Evidence, question: Question, group: str) -> dict[str, Share]:
    """Return every option's count in a group, or of all; empty where nothing is published.

    Options without a figure have the bounds that lists and the other options leave them: those of
    one place lie between those of the neighbouring places, those that a complete list leaves out
    below its last one, and single answers together make up at most the base. Those of which nothing
    else is published share the key ``""``; so do options that the file does not name, where a
    complete list, or single answers that need not make up the base, say that there may be some.
    """
    known = {o: share_of(evidence, f"{question.id}:{o}", group) for o in question.option_ids}
    found = {o: share for o, share in known.items() if share is not None}
    places, complete = _list_of(evidence, question, group)
    nobs = next((s.nobs for s in found.values()), _asked(evidence, question, group))
    if nobs is None or not (found or places):
        return {}
    for option in places:
        found.setdefault(option, Share(0, nobs, nobs))
    last = float("inf") if complete else float("nan")
    found = {o: replace(s, place=float(places.get(o, last))) for o, s in found.items()}
    rest = [o for o in question.option_ids if o not in found]
    more = complete if question.answers == "multiple" else not question.complete
    if rest or more:
        found[""] = Share(0, nobs, nobs, max(len(rest), 1), last)
    found = {o: _within(s, found) for o, s in found.items()}
    if question.answers == "single":
        taken = sum(s.low for s in found.values())
        found = {o: replace(s, high=min(s.high, nobs - taken + s.low)) for o, s in found.items()}
        if question.complete and len(rest) == 1:  # what all others leave
            most = sum(s.high for o, s in found.items() if o)
            found[""] = replace(found[""], low=max(found[""].low, nobs - most))
    return {o: replace(s, high=max(s.high, s.low)) for o, s in found.items()}


def _asked(evidence: Evidence, question: Question, group: str) -> int | None:
    """Return the most probable size of a group, if all of it was asked the question."""
    if question.base != (ALL,):
        return None
    particles = evidence.recon.particles
    if group == OVERALL:
        sizes = particles.sizes.sum(axis=1)
    else:
        sizes = particles.sizes[:, evidence.survey.group_ids.index(group)]
    return int(np.argmax(np.bincount(sizes, particles.weight)))


def _within(share: Share, others: dict[str, Share]) -> Share:
    """Return a share with the bounds that its place in the list adds."""
    if share.exact:
        return share
    above = [s.high for s in others.values() if s.place < share.place]
    below = [s.low for s in others.values() if s.place > share.place]
    high = min([share.high, *(count - 1 for count in above)])
    return replace(share, high=max(high, 0), low=max([share.low, *(c + 1 for c in below)]))
