"""Figures of the web process, for /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "motcham_requests_total", "Requests answered", ("endpoint", "method", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "motcham_request_seconds",
    "Time to answer",
    ("endpoint",),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
VISITS_ENDED = Counter("motcham_visits_ended_total", "Kiosk visits ended", ("reason",), registry=REGISTRY)
REFUSALS = Counter("motcham_refusals_total", "Refusals shown to people", ("code",), registry=REGISTRY)
