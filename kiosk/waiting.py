"""What was typed on a screen and cannot be used yet, put aside so that going back loses nothing.

It waits among the draft's answers under keys no question has; such keys are
dropped when the dossier is filed.
"""

from __future__ import annotations

from collections.abc import Mapping


def waiting(answers: Mapping[str, str], screen: str) -> dict[str, str]:
    """What waits for ``screen``, by field; empty when nothing does."""
    return {
        key.removeprefix(f"{screen}:"): text for key, text in answers.items() if key.startswith(f"{screen}:")
    }


def put_aside(answers: Mapping[str, str], screen: str, typed: Mapping[str, str]) -> dict[str, str]:
    """``answers`` where ``typed``, and nothing else, waits for ``screen``."""
    others = {key: text for key, text in answers.items() if not key.startswith(f"{screen}:")}
    return others | {f"{screen}:{key}": text for key, text in typed.items()}
