"""Everything anew, and whether it is what was recorded: `make reproduce`.

Each step is a command that anybody can run by itself. Afterwards the manifest of what they made is
printed and compared with ``reproduce/manifest.json``; the exit status is 1 if something differs.
With ``--record`` the manifest is written instead; with ``--compare`` no step is run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from manifest import differences, manifest

ROOT = Path(__file__).resolve().parents[1]
RECORDED = Path(__file__).with_name("manifest.json")
OUT = "build/reproduce"
COMMAND = [sys.executable, "-m", "alumnistats"]
NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("notebooks/*.py"))]

STEPS: dict[str, list[str]] = {
    "analysis": [*COMMAND, "analyze", "--out", f"{OUT}/analysis"],
    "sensitivity": [*COMMAND, "sensitivity", "--jobs", "2", "--out", f"{OUT}/sensitivity"],
    **{
        f"figures, {lang}": [
            *COMMAND, "figures", "--lang", lang, "--sensitivity", f"{OUT}/sensitivity",
            "--calibration", "benchmarks/results",
            "--out", f"{OUT}/figures-{lang}",
        ]
        for lang in ("en", "ja")
    },
    "README": [sys.executable, "docs/regenerate.py", "--check"],
    "paper": [*COMMAND, "paper"],
    "pages": [sys.executable, "docs/build.py"],
} | {
    f"notebook {path}": [
        sys.executable, "reproduce/notebook.py", path,
        f"{OUT}/{path.removesuffix('.py')}.ipynb",
    ]
    for path in NOTEBOOKS
}  # fmt: skip

# Some of the default scenarios contradict the release, and that they do is a result.
ALLOWED = {"sensitivity": 4}

FILES = [
    ("table", f"{OUT}/analysis/*.csv"),
    ("table", f"{OUT}/sensitivity/*.csv"),
    ("values", "paper/results.json"),
    ("text", f"{OUT}/notebooks/*.ipynb"),
    ("headings", "build/docs/**/*.html"),
    ("file", f"{OUT}/analysis/*.*"),
    ("file", f"{OUT}/figures-*/*"),
    ("file", f"{OUT}/sensitivity/figures/*"),
    ("file", "paper/paper.pdf"),
]


def run_steps() -> None:
    """Run every step; stop at the first that fails."""
    (ROOT / OUT / "notebooks").mkdir(parents=True, exist_ok=True)
    # One thread of linear algebra: sums do not depend on the number of cores.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for name, command in STEPS.items():
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        sys.stderr.write(f"{name}: {time.monotonic() - started:.0f} s\n")
        if done.returncode not in (0, ALLOWED.get(name, 0)):
            sys.stderr.write(f"{done.stdout}{done.stderr}{name} failed: {' '.join(command)}\n")
            sys.exit(1)


def main(arguments: list[str]) -> int:
    """Run, print the manifest, and compare it or write it; return the exit status."""
    if "--compare" not in arguments:
        run_steps()
    found = manifest(ROOT, FILES)
    for name, entry in found["files"].items():
        sys.stdout.write(f"{entry['sha256']}  {entry['compared']:8}  {name}\n")
    if "--record" in arguments:
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        RECORDED.write_text(text, encoding="utf-8")
        return 0
    if not RECORDED.is_file():
        sys.stderr.write(f"nothing to compare with: {RECORDED.name} is written by --record\n")
        return 1
    lines = differences(json.loads(RECORDED.read_text(encoding="utf-8")), found)
    for line in lines:
        sys.stderr.write(line + "\n")
    sys.stderr.write(
        f"{len(found['files'])} files, {len(lines)} of them not as recorded\n"
        if lines
        else f"{len(found['files'])} files as recorded\n"
    )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
