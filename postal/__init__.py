"""The post: its clerks and couriers receive dossiers for the office and bring results home."""

from __future__ import annotations

from postal import deliveries, manifests, money, papers, queue, reception, reprinting
from postal.bp import bp

__all__ = ["bp", "deliveries", "manifests", "money", "papers", "queue", "reception", "reprinting"]
