"""How results show themselves in a notebook: small, escaped HTML, with nothing to import."""

from alumnistats.display.cards import FIRST, card, cell_text, frame_table, rows_table

__all__ = ["FIRST", "card", "cell_text", "frame_table", "rows_table"]
