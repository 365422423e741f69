"""The post's part at the desk: what it hands over, and what it takes home."""

from __future__ import annotations

from desk.post import accepting, files, manifests, money, results

__all__ = ["accepting", "files", "manifests", "money", "results"]
