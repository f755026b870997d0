"""A folder of results: all files of a run or none of them, and nobody else's file is touched.

Files are written beside their places first, where a full disk or an interruption harms nothing, and
then put there by renaming; if that fails half-way, everything is put back. A hidden list in the
folder says which command wrote which files: what an earlier run left and this one does not make is
removed, and what is on no list is refused, before anything is computed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from alumnistats.errors import ArgumentError, listed

LIST = ".alumnistats-files.json"
FORMAT = 1
STAGING = ".writing-"

Mover = Callable[[Path | None, str], None]
Written = dict[str, tuple[str, ...]]
"""Relative names of files, by the command that wrote them."""


def check_folder(folder: Path, patterns: Iterable[str] = ()) -> None:
    """Raise `ArgumentError` unless a run can write its files to a folder, which may not exist yet.

    Parameters
    ----------
    folder : Path
    patterns : iterable of str
        Names that the results may have, as in ``"claims.csv"`` and ``"figures/*.svg"``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     check_folder(Path(folder) / "new", ["claims.csv"])
    """
    try:
        is_something_else = folder.exists() and not folder.is_dir()
    except OSError as error:  # longer than the file system takes, for one
        expected = f"a folder name that can be ({error.strerror})"
        raise ArgumentError("--out", str(folder), expected) from error
    if is_something_else:
        raise ArgumentError("--out", str(folder), "a folder, or a name that does not exist yet")
    wanted = tuple(patterns)
    there = [folder, *(folder / parent for parent in _parents(wanted))]
    for place in there:
        nearest = next(p for p in (place, *place.parents) if p.exists())
        if place == folder and not nearest.is_dir():
            expected = f"a folder that can be written to ({nearest} is a file)"
            raise ArgumentError("--out", str(folder), expected)
        if nearest.is_dir() and not _takes_files(nearest):
            expected = f"a folder that can be written to ({nearest} cannot)"
            raise ArgumentError("--out", str(folder), expected)
    if foreign := sorted(_foreign(folder, wanted)):
        names = listed(foreign).removeprefix("one of ")
        expected = (
            f"a folder in which no others are of these names: {names}. Only what alumnistats wrote "
            "there is replaced: name another folder, or move them away"
        )
        raise ArgumentError("--out", str(folder), expected)


def _takes_files(folder: Path) -> bool:
    """Return whether something can be made in a folder; permissions alone do not say so."""
    try:
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder):
            return True
    except OSError:
        return False


def _parents(names: Iterable[str]) -> set[str]:
    """Return the folders, in that of the results, which files of these names lie in."""
    parents = (PurePosixPath(name).parents for name in names)
    return {str(parent) for one in parents for parent in one} - {"."}


def _foreign(folder: Path, patterns: tuple[str, ...]) -> Iterator[str]:
    """Yield what lies where results are to go and is on no list of files written."""
    parents = _parents(patterns)
    known = {name for names in _read_list(folder).values() for name in names}
    for parent in sorted({"", *parents}):
        place = folder / parent
        if not place.is_dir():
            if os.path.lexists(place):
                yield parent  # a file where a folder is to be
            continue
        for entry in place.iterdir():
            name = entry.relative_to(folder).as_posix()
            matched = any(fnmatchcase(name, pattern) for pattern in patterns)
            folder_there = entry.is_dir() and not entry.is_symlink()
            if matched and (folder_there or name not in known):
                yield name


def _read_list(folder: Path) -> Written:
    """Return the files that earlier runs wrote; none where the list is missing or damaged."""
    try:
        content = json.loads((folder / LIST).read_text(encoding="utf-8"))
        found = {str(c): tuple(map(str, names)) for c, names in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {c: tuple(name for name in names if _is_inside(name)) for c, names in found.items()}


def _is_inside(name: str) -> bool:
    """Return whether a name of the list stays in the folder: nothing else is ever removed."""
    path = PurePosixPath(name)
    strange = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name
    return bool(path.parts) and not strange


def _is_file(folder: Path, name: str) -> bool:
    """Return whether a name is that of a file in the folder itself, not behind a link."""
    path = folder / name
    inside = path.parent.resolve().is_relative_to(folder.resolve())
    return inside and (path.is_symlink() or path.is_file())


def _list_bytes(written: Written) -> bytes:
    files = {command: sorted(written[command]) for command in sorted(written)}
    return json.dumps({"format": FORMAT, "files": files}, indent=1, ensure_ascii=False).encode()


def write_folder(folder: Path, command: str, contents: Mapping[str, bytes]) -> list[Path]:
    """Write the results of a run in place of those of the same command's last run.

    Parameters
    ----------
    folder : Path
        Created if missing.
    command : str
    contents : dict of bytes
        By relative name.

    Returns
    -------
    list of Path

    Raises
    ------
    ArgumentError
        As `check_folder`.
    OSError
        If there is no room, for example; then the folder is as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     paths = write_folder(Path(folder) / "new", "analyze", {"claims.csv": b"id"})
    ...     [path.name for path in paths]
    ['claims.csv']
    """
    check_folder(folder, contents)
    before = _read_list(folder)
    others = {c: tuple(n for n in names if n not in contents) for c, names in before.items()}
    after = {c: names for c, names in others.items() if names and c != command}
    kept = {name for names in after.values() for name in names}
    stale = [
        name for name in others.get(command, ()) if name not in kept and _is_file(folder, name)
    ]
    after[command] = tuple(contents)
    both = after | {command: (*contents, *before.get(command, ()))}
    with _made(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as place:
        new, old = Path(place, "new"), Path(place, "old")
        for name, data in {**contents, LIST: _list_bytes(after)}.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(data)
        # A run that is killed from here on leaves files that the next one knows as its own.
        early = Path(place, "early")
        early.write_bytes(_list_bytes(both))
        with _undone_on_failure(folder, old) as moved:
            moved(early, LIST)
            for name in contents:
                moved(new / name, name)
            for name in sorted(stale):
                moved(None, name)
            moved(new / LIST, LIST)
    for parent in _parents(stale):
        with suppress(OSError):  # not empty: others' files are in it
            (folder / parent).rmdir()
    return [folder / name for name in contents]


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and take it away again if it stays empty for a failure."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if new:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _undone_on_failure(folder: Path, kept: Path) -> Iterator[Mover]:
    """Give a function that puts a file (or nothing) in a place; all is put back on a failure."""
    done: list[tuple[Path, Path | None]] = []
    made: list[Path] = []

    def move(source: Path | None, name: str) -> None:
        final, old = folder / name, None
        if not final.parent.exists():
            final.parent.mkdir(parents=True)
            made.append(final.parent)
        if os.path.lexists(final):
            old = kept / f"{len(done)}"
            kept.mkdir(exist_ok=True)
            final.replace(old)
        done.append((final, old))
        if source is not None:
            source.replace(final)

    try:
        yield move
    except BaseException:
        for final, old in reversed(done):
            final.unlink(missing_ok=True)
            if old is not None:
                old.replace(final)
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise


def write_file(path: Path, data: bytes) -> Path:
    """Write one file that a caller names, whole or not at all, in place of what is there.

    Returns
    -------
    Path

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_file(Path(folder) / "page.html", b"<p>").read_bytes()
    b'<p>'
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=STAGING)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(_usual_mode())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def write_new_file(path: Path, data: bytes) -> Path:
    """Write a file that must not be there yet, whole or not at all.

    Raises
    ------
    FileExistsError

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = write_new_file(Path(folder) / "survey.toml", b"")
    ...     write_new_file(Path(folder) / "survey.toml", b"")
    Traceback (most recent call last):
    FileExistsError: ...
    """
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _usual_mode() -> int:
    """Return the permissions of new files; those of temporary ones are for their owner only."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
