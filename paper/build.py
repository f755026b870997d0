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
from alumnistats.claims import VERDICT_LABELS, probability_text
from alumnistats.reconstruction import Reconstruction, reconstruct

HERE = Path(__file__).resolve().parent
Results = dict[str, dict[str, Any]]

# Conventions that the prose names: their own probability, whichever one is the most probable.
CONVENTIONS = {
    "added_shares": ("subtotals", "sum_of_rounded"),
    "asked_contacts": ("base", "contact:informal+formal+both"),
}
# Claims that the prose names.
CLAIMS = {"order": "official-contact-top3-order", "every": "important-every-industry-70"}


def whole(value: int, unit: str) -> dict[str, Any]:
    """Return a whole number as a result: its value, its unit, and how it is printed."""
    return {"value": value, "unit": unit, "rounding": "none", "text": f"{value:,}"}


def probability(value: float) -> dict[str, Any]:
    """Return a probability as a result."""
    text = probability_text(value)
    return {"value": value, "unit": "probability", "rounding": "3 decimals", "text": text}


def survey_results(analysis: Analysis) -> Results:
    """Return what the release holds."""
    survey = analysis.survey
    if survey.total is None:
        raise ValueError("the note speaks of a published total; this survey has none")
    return {
        "groups": whole(len(survey.groups), "groups"),
        "total": whole(survey.total, "respondents"),
        "figures": whole(len(survey.figures), "figures"),
        "claims": whole(len(survey.claims), "claims"),
        "level": probability(analysis.level) | {"text": f"{analysis.level:g}"},
    }


def reconstruction_results(recon: Reconstruction, free: Reconstruction) -> Results:
    """Return sizes and conventions, and what is left of the sizes under a free prior."""
    sizes = recon.sample_sizes.set_index("group")
    common = int(sizes["mode"].value_counts().index[0])
    same = sizes[sizes["mode"] == common]
    out = {
        "common_size": whole(common, "respondents"),
        "common_groups": whole(len(same), "groups"),
        "common_probability": probability(float(same["probability"].min())),
        "solutions": whole(len(recon.particles.weight), "solutions"),
        "ess": whole(round(recon.particles.ess), "solutions") | {"rounding": "whole"},
        "left_out": probability(recon.left_out),
        "free_sure": whole(
            int((free.sample_sizes["probability"] >= recon.level).sum()), "groups"
        ),
    }  # fmt: skip
    for group, row in sizes[sizes["mode"] != common].iterrows():
        out[f"size_{group}"] = whole(int(row["mode"]), "respondents")
        out[f"size_{group}_probability"] = probability(float(row["probability"]))
    table = recon.conventions.set_index(["dimension", "value"])["probability"]
    for key, place in CONVENTIONS.items():
        out[f"{key}_probability"] = probability(float(table.loc[place]))
    return out


def claim_results(analysis: Analysis) -> Results:
    """Return how many claims got each verdict, and the grounds of those that the prose names."""
    verdicts = [judged.verdict for judged in analysis.judged]
    out = {
        "verdicts_" + name.replace(" ", "_"): whole(verdicts.count(name), "claims")
        for name in VERDICT_LABELS
    }
    grounds = {judged.claim.id: judged.grounds for judged in analysis.judged}
    for key, claim in CLAIMS.items():
        for ground in ("in_sample", "p_value", "probability"):
            value = getattr(grounds[claim], ground)
            if value is None:
                raise ValueError(f"the note needs the {ground} of {claim}, which has none")
            out[f"{key}_{ground}"] = probability(value)
    return out


def results(analysis: Analysis) -> Results:
    """Return every number of the note by key."""
    free = reconstruct(analysis.survey, "free", seed=analysis.seed, level=analysis.level)
    return {
        **survey_results(analysis),
        **reconstruction_results(analysis.reconstruction, free),
        **claim_results(analysis),
    }


def render(values: Results) -> str:
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
