"""Builds the methods note: computes every number in it, then fills them into the prose.

``python paper/build.py`` writes ``paper/build/results.json`` (every number with its unit and print
rounding) and ``paper/build/paper.md``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from alumnistats.analysis import Analysis, analyze
from alumnistats.claims import probability_text

HERE = Path(__file__).resolve().parent


def entry(value: Any, unit: str, text: str) -> dict[str, Any]:
    """Return one result: its value, its unit, and how it is printed."""
    return {"value": value, "unit": unit, "text": text}


def results(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Return every number of the note by key."""
    survey, recon = analysis.survey, analysis.reconstruction
    sizes = analysis.sample_sizes.set_index("group")
    common = int(sizes["mode"].value_counts().index[0])
    conventions = analysis.conventions.groupby("dimension").head(1).set_index("dimension")
    verdicts = [j.verdict for j in analysis.judged]
    out = {
        "groups": entry(len(survey.groups), "groups", str(len(survey.groups))),
        "total": entry(survey.total, "respondents", f"{survey.total:,}"),
        "figures": entry(len(survey.figures), "figures", str(len(survey.figures))),
        "claims": entry(len(verdicts), "claims", str(len(verdicts))),
        "common_size": entry(common, "respondents", str(common)),
        "common_groups": entry(
            int((sizes["mode"] == common).sum()),
            "groups",
            str(int((sizes["mode"] == common).sum())),
        ),
        "ess": entry(recon.particles.ess, "solutions", f"{recon.particles.ess:.0f}"),
        "solutions": entry(
            len(recon.particles.weight), "solutions", str(len(recon.particles.weight))
        ),
        "left_out": entry(recon.left_out, "probability", probability_text(recon.left_out)),
    }
    for group in sizes.index[sizes["mode"] != common]:
        row = sizes.loc[group]
        out[f"size_{group}"] = entry(int(row["mode"]), "respondents", str(int(row["mode"])))
        p = float(row["probability"])
        out[f"size_{group}_probability"] = entry(p, "probability", probability_text(p))
    for dimension in ("subtotals", "base"):
        p = float(conventions.loc[dimension, "probability"])
        out[f"{dimension}_probability"] = entry(p, "probability", probability_text(p))
    for verdict in ("supported", "not supported", "contradicted", "undetermined"):
        count = verdicts.count(verdict)
        out["verdicts_" + verdict.replace(" ", "_")] = entry(count, "claims", str(count))
    for key, claim in (
        ("top", "official-contact-top3-order"),
        ("every", "important-every-industry-70"),
    ):
        grounds = next(j.grounds for j in analysis.judged if j.claim.id == claim)
        out[f"{key}_probability"] = entry(
            grounds.probability, "probability", probability_text(grounds.probability or 0.0)
        )
    return out


def render(values: dict[str, dict[str, Any]]) -> str:
    """Return the note's text with every number filled in; an unknown key is an error."""
    template = (HERE / "paper.md.j2").read_text(encoding="utf-8")
    environment = Environment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )
    return environment.from_string(template).render({k: v["text"] for k, v in values.items()})


def main() -> None:
    """Write the results and the note."""
    values = results(analyze())
    build = HERE / "build"
    build.mkdir(exist_ok=True)
    (build / "results.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    (build / "paper.md").write_text(render(values), encoding="utf-8")


if __name__ == "__main__":
    main()
