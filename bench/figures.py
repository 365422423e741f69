"""What every measurement prints: one JSON object a line, the same keys everywhere.

``ok`` counts what succeeded, ``failed`` what did not; a measurement with failures exits with 1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

KEYS = (
    "bench", "db", "clients", "ok", "per_s", "p50_ms", "p95_ms", "p99_ms",
    "limit_per_s", "share", "duplicates", "rss_mb",
)  # fmt: skip


def figures(bench: str, **known: object) -> dict[str, object]:
    """All keys in their order, None where one does not apply, then whatever else is known."""
    return {**dict.fromkeys(KEYS), "bench": bench, **known}


def tell(line: dict[str, object]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed; nan of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def latencies(milliseconds: Sequence[float]) -> dict[str, object]:
    if not milliseconds:
        return {}
    return {
        name: round(percentile(milliseconds, share), 2)
        for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99))
    }
