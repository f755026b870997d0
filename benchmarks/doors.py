"""The attacks of tests/doors, in large numbers: how many inputs each door took, and how it held.

    python benchmarks/doors.py [SEED]

writes `results/doors.csv`: one row a door. An input that brings anything but an answer or an error
of the package is a failure, and is printed with the seed that makes it.
"""

import csv
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "doors"))

import attacks  # noqa: E402  # it is not of the package

RESULTS = HERE / "results" / "doors.csv"


def doors(folder):
    """Return the attacks by door, with the number of inputs."""
    for name in ("out", "store"):
        (folder / name).mkdir()
    (folder / "out" / "notes.txt").write_bytes(b"of somebody else")
    book = attacks.workbook()
    return {
        "text into a survey": (attacks.text_in, 20_000),
        "text out: terminal, CSV, TOML": (attacks.text_out, 2_000),
        "ids as file names (20 each)": (attacks.ids_as_files, 1_000),
        "workbooks": (partial(attacks.file_in, folder / "m.xlsx", book), 200),
        "folders of results": (partial(attacks.folder_out, folder / "out"), 1_000),
        "finished scenarios": (partial(attacks.store_in, folder / "store"), 1_000),
        "arguments": (attacks.argument_in, 50_000),
        "text out: figures": (attacks.text_in_figure, 40),
    }


def attacked(attack, times, seed):
    """Return what a door did, by kind."""
    found = Counter(accepted=0, refused=0, failed=0)
    for i in range(times):
        try:
            found[attack(np.random.default_rng([seed, i]))] += 1
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            found["failed"] += 1
            traceback.print_exc()
            print(f"seed {seed}, input {i}", file=sys.stderr)  # noqa: T201
    return found


def main(seed=0):
    with tempfile.TemporaryDirectory() as place, RESULTS.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["door", "inputs", "accepted", "refused", "failed", "seconds"])
        for door, (attack, times) in doors(Path(place)).items():
            began = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = attacked(attack, times, seed)
            counts = [found[kind] for kind in ("accepted", "refused", "failed")]
            writer.writerow([door, times, *counts, round(time.perf_counter() - began)])
            file.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
