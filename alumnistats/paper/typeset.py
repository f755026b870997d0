"""The paper's PDF, by the Typst compiler."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from alumnistats.errors import AlumniStatsError
from alumnistats.paper.results import PaperError

if TYPE_CHECKING:
    from types import ModuleType

MAIN = "paper.typ"
PAGES = "<pages>"  # label of the number of pages, in the text


class MissingCompilerError(AlumniStatsError):
    """Typst is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "typesetting the paper needs Typst: pip install 'alumnistats[paper]'"
        )  # fmt: skip


def _compiler() -> ModuleType:
    try:
        import typst
    except ImportError:
        raise MissingCompilerError from None
    return typst


def _options(folder: Path) -> dict[str, Any]:
    """Return where files and fonts are: those of the compiler, and one with Japanese."""
    spec = find_spec("matplotlib_fontja")
    fonts = [] if spec is None or spec.origin is None else [str(Path(spec.origin).parent)]
    # No font of the system: the same bytes everywhere.
    return {"root": str(folder), "font_paths": fonts, "ignore_system_fonts": True}


@overload
def typeset(folder: Path, form: Literal["pdf"] = "pdf") -> bytes: ...
@overload
def typeset(folder: Path, form: Literal["png"]) -> list[bytes]: ...
def typeset(folder: Path, form: Literal["pdf", "png"] = "pdf") -> bytes | list[bytes]:
    """Compile the paper.

    Parameters
    ----------
    folder : Path
        With the text, `results.json`, the references and, in ``build``, the figures.
    form : {"pdf", "png"}

    Returns
    -------
    bytes, or a list of them: one for each page as PNG

    Raises
    ------
    PaperError
        With what the compiler says: errors, such as a key that is not in the results, and warnings,
        such as a missing font.
    MissingCompilerError
        If Typst is not installed.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> _ = (folder / "paper.typ").write_text("= A ranking", encoding="utf-8")
    >>> typeset(folder)[:5]
    b'%PDF-'
    """
    typst = _compiler()
    path = folder.resolve() / MAIN
    if not path.exists():
        raise PaperError(
            str(folder / MAIN), "there is none; expected the repository's paper folder"
        )
    try:
        content, warnings = typst.compile_with_warnings(
            str(path), format=form, **_options(path.parent)
        )
    except typst.TypstError as error:
        raise PaperError(str(folder / MAIN), *_said(error)) from None
    if warnings:
        raise PaperError(str(folder / MAIN), *(line for w in warnings for line in _said(w)))
    if form == "pdf":
        return bytes(content)
    return list(content) if isinstance(content, list) else [content]


def _said(message: Any) -> list[str]:
    """Return what the compiler says, on a line."""
    said = " ".join(str(getattr(message, "diagnostic", "") or message).split())
    return [said, *message.hints]


def page_count(folder: Path) -> int:
    """Return the number of pages, which the text itself holds under the label ``<pages>``.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder, text = Path(mkdtemp()), "#pagebreak() #metadata(2) <pages>"
    >>> _ = (folder / "paper.typ").write_text(text, encoding="utf-8")
    >>> page_count(folder)
    2
    """
    import json

    typst = _compiler()
    path = folder.resolve() / MAIN
    found = typst.query(str(path), PAGES, field="value", one=True, **_options(path.parent))
    return int(json.loads(found))
