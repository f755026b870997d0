"""What every solution of a survey shares, whatever any prior says.

Every published figure is a linear condition on whole numbers, the groups' sizes and counts, under
each convention that a release may have followed. So whether a survey has a solution, which of its
figures exclude each other, between which bounds a size, a count or a share lies, and whether a
claim holds in every solution, are questions to a solver in integers, whose answers are proofs.
"""

from alumnistats.identification.bounds import Bounds, bounds, possible_totals
from alumnistats.identification.claims import ClaimStatus, claim_status
from alumnistats.identification.conflicts import Conflict, describe
from alumnistats.identification.conventions import Convention
from alumnistats.identification.explained import conflicts, explain, feasible
from alumnistats.identification.published import Item, Total
from alumnistats.identification.witness import Witness, violations

__all__ = [
    "Bounds",
    "ClaimStatus",
    "Conflict",
    "Convention",
    "Item",
    "Total",
    "Witness",
    "bounds",
    "claim_status",
    "conflicts",
    "describe",
    "explain",
    "feasible",
    "possible_totals",
    "violations",
]
