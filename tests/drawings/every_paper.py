"""Every paper that has a golden text, by its name."""

from __future__ import annotations

from tests.drawings import notices, papers, post, views

GOLDEN = {**papers.GOLDEN, **notices.GOLDEN, **views.GOLDEN, **post.GOLDEN}
