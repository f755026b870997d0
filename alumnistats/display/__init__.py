"""How results show themselves in a notebook: small, escaped HTML.

What a card is made of stands here and needs nothing heavy; the card of each result is a function in
a module named like the package of that result, which knows nothing of it.
"""

from alumnistats.display.cards import FIRST, Card, card, cell_text, frame_table, rows_table

__all__ = ["FIRST", "Card", "card", "cell_text", "frame_table", "rows_table"]
