"""Keep what `make bench` measures as data: benchmarks/results/timings.csv."""

import csv
import platform
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def pytest_benchmark_update_json(output_json):
    """Write one row a benchmark: seconds, and the peak of memory where it was recorded."""
    with (RESULTS / "timings.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["what", "median_seconds", "fastest_seconds", "rounds", "peak_mb", "python"])
        for run in output_json["benchmarks"]:
            times = run["stats"]
            table.writerow(
                [
                    run["name"].removeprefix("test_"),
                    f"{times['median']:.3g}",
                    f"{times['min']:.3g}",
                    times["rounds"],
                    run["extra_info"].get("peak_mb", ""),
                    platform.python_version(),
                ]
            )
