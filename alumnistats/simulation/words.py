"""What is looked at on simulated releases, in either language: for figures and printed tables."""

from __future__ import annotations

QUANTITIES: dict[str, dict[str, str]] = {
    "size": {"en": "sample size", "ja": "標本サイズ"},
    "count": {"en": "count", "ja": "人数"},
    "share": {"en": "share", "ja": "割合"},
    "rank": {"en": "rank", "ja": "順位"},
    "difference": {"en": "difference of two shares", "ja": "割合の差"},
    "rounding": {"en": "rounding rule", "ja": "端数処理"},
    "subtotals": {"en": "subtotals", "ja": "小計の作り方"},
    "total": {"en": "respondents in all", "ja": "回答者総数"},
}
GROUPS: dict[str, dict[str, str]] = {
    "all": {"en": "all groups", "ja": "全グループ"},
    "listed": {"en": "published groups", "ja": "公表されたグループ"},
    "unlisted": {"en": "groups not published", "ja": "非公表のグループ"},
    "winner": {"en": "the group published first", "ja": "公表順位1位のグループ"},
}
METHODS: dict[str, dict[str, str]] = {
    "alumnistats": {"en": "alumnistats", "ja": "alumnistats"},
    "naive": {
        "en": "naive: share as printed, equal sizes",
        "ja": "単純法（公表値・等しい標本サイズ）",
    },
}
