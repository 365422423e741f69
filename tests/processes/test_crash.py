"""Power cuts: web and worker are killed again and again while citizens file dossiers at eight kiosks."""

from __future__ import annotations

import pytest

from bench.crash import crash
from bench.ledger import Entry, judge
from bench.postgresql import binaries, running_postgresql

pytestmark = pytest.mark.processes


KILLS = 6  # `./motcham bench crash` does 20


def assert_nothing_lost(verdict):
    assert verdict.faults == []
    assert verdict.told >= 2 * KILLS
    assert sum(verdict.kills.values()) == KILLS
    assert set(verdict.kills) == {"web", "worker"}


def test_nothing_is_lost_or_doubled_on_sqlite(tmp_path):
    assert_nothing_lost(crash(tmp_path, None, clients=8, seed=20261121, kills=KILLS))


@pytest.mark.skipif(binaries() is None, reason="no PostgreSQL: ./motcham test looks for one")
def test_nothing_is_lost_or_doubled_on_postgresql(tmp_path):
    with running_postgresql(durable=True) as address:
        assert_nothing_lost(crash(tmp_path, address, clients=8, seed=20261121, kills=KILLS))


PRINTED = Entry("a", "H56.17.22-261121-0001", 1, "printed", None)
LOST = Entry("b", "H56.17.22-261121-0002", 1, "unknown", "worker_died")


def test_the_judge_is_content_when_all_agree():
    told = {"a": PRINTED.dossier_code, "b": LOST.dossier_code}
    assert judge(told, [PRINTED, LOST], {PRINTED.dossier_code: 1}) == []


@pytest.mark.parametrize(
    ("told", "found", "papers", "fault"),
    [
        ({"c": "H56.17.22-261121-0003"}, [], {}, "stored is None"),
        ({"a": "H56.17.22-261121-0009"}, [PRINTED], {PRINTED.dossier_code: 1}, "was told"),
        ({}, [LOST], {}, "gaps or repeats"),
        ({}, [PRINTED, PRINTED], {PRINTED.dossier_code: 1}, "gaps or repeats"),
        ({}, [PRINTED], {PRINTED.dossier_code: 2}, "came out twice"),
        ({}, [PRINTED], {}, "never came out"),
        ({}, [Entry("a", PRINTED.dossier_code, 1, "unknown", None)], {}, "without a reason"),
        ({}, [Entry("a", PRINTED.dossier_code, None, None, None)], {}, "without a reason"),
        ({}, [], {PRINTED.dossier_code: 1}, "out of nowhere"),
    ],
)
def test_the_judge_sees(told, found, papers, fault):
    assert fault in " ".join(judge(told, found, papers))
