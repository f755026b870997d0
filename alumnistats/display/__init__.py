"""How results show themselves in a notebook: small, escaped HTML, with nothing to import."""

from alumnistats.display.cards import FIRST, card, cell_text, frame_table, rows_table
from alumnistats.display.probabilities import MOST_DECIMALS, probability_text
from alumnistats.display.short import short_repr

__all__ = [
    "FIRST",
    "MOST_DECIMALS",
    "card",
    "cell_text",
    "frame_table",
    "probability_text",
    "rows_table",
    "short_repr",
]
