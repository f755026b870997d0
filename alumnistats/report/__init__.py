"""The page: one self-contained HTML file of an analysis."""

from alumnistats.report.html import render_html, write_html

__all__ = ["render_html", "write_html"]
