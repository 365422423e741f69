"""Invented people file every procedure of the catalogue without a fault."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from demo.filing import COMMUNE, an_application
from demo.people import an_applicant
from intake.cataloguing import shipped_procedures
from intake.rules.applicants import applicant_faults
from intake.rules.forms import all_faults
from intake.rules.people import CitizenCard, contradictions

TODAY = date(2026, 11, 20)
PROCEDURES = shipped_procedures()


@pytest.mark.parametrize("code", sorted(PROCEDURES))
def test_a_dossier_of_any_procedure_has_no_fault(code):
    procedure = PROCEDURES[code]
    for seed in range(10):
        dice = Random(seed)
        applicant = an_applicant(dice, TODAY)
        filed = an_application(
            procedure, 1, applicant, channel="kiosk", how="counter_later", dice=dice, today=TODAY
        )
        found = all_faults(
            procedure, filed.answers, filed.documents, today=TODAY, communes=frozenset({COMMUNE})
        )
        assert found == ()


def test_the_numbers_of_invented_people_agree_with_their_cards():
    for seed in range(200):
        lan = an_applicant(Random(seed), TODAY)
        assert applicant_faults(lan.name, lan.citizen_id, lan.phone) == ()
        card = CitizenCard(lan.citizen_id, None, lan.name, date.fromisoformat(lan.born), lan.sex)
        assert contradictions(card) == ()
