"""What there is to say where a survey may contradict itself: a solution, a contradiction, or neither.

The one place where contradictions are reported: each is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alumnistats.errors import ContradictionError
from alumnistats.identification.conflicts import Conflict, Trials, describe, find_conflicts, place_of
from alumnistats.identification.conventions import conventions_of
from alumnistats.identification.feasibility import Clock, Setting
from alumnistats.identification.published import Item, Total, items_of
from alumnistats.identification.witness import Witness
from alumnistats.rounding import (
    ROUNDING_RULES,
    SUBTOTALS,
    RoundingRule,
    Subtotals,
    SubtotalsBy,
    check_percent,
)
from alumnistats.survey import OVERALL, Figure, Group, Survey

TIME_LIMIT = 60.0
MISPRINTS_HINT = "--allow-typos, or typos=0.005, tells which is probably misprinted"
FORCING_HINT = (
    'if shares were made to sum to 100, adding_up = ["rounded", "forced"] in the file allows it'
)
