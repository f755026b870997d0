"""Build the pages into build/docs: `make docs`.

Warnings of Sphinx are errors. Afterwards every page is looked through: whatever it would load from
the network is an error too, so that the pages work from a disk and tell nobody that they are read.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "docs"
START = "docs/index.html"
LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|audio|video|embed|object)\b[^>]*?"
    r"\b(?:src|href|data|srcset)\s*=\s*[\"']((?:https?:)?//[^\"']+)"
)
IN_STYLES = re.compile(
    r"url\(\s*[\"']?((?:https?:)?//[^)\"']+)|@import\s+[\"']((?:https?:)?//[^\"']+)"
)
REDIRECT = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>alumnistats</title>
<meta http-equiv="refresh" content="0; url={START}"></head>
<body><a href="{START}">alumnistats</a></body></html>
"""


def loaded_from_the_network(folder: Path) -> list[str]:
    """Return what pages and style sheets of a folder load from elsewhere, with their names."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css"):
            text = path.read_text(encoding="utf-8")
            pattern = LOADED if path.suffix == ".html" else IN_STYLES
            found += [
                f"{path.relative_to(folder)}: loads {next(filter(None, match.groups()))}"
                for match in pattern.finditer(text)
            ]
    return found


def main() -> int:
    """Build, look through the pages, and return the exit status."""
    from sphinx.cmd.build import main as sphinx

    shutil.rmtree(OUT, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-E", "-b", "html", "-c", str(ROOT / "docs")]
    status = sphinx([*options, "-d", str(OUT.parent / "doctrees"), str(ROOT), str(OUT)])
    if status:
        return status
    (OUT / "index.html").write_text(REDIRECT, encoding="utf-8")
    problems = loaded_from_the_network(OUT)
    for problem in problems:
        sys.stderr.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
