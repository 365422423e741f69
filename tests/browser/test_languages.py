"""A visit in English by touch: nothing Vietnamese stands on a screen that does not say it is Vietnamese."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.hands import is_clean, is_laid_out, says, scans
from intake.db import db
from intake.printing import paper_of
from intake.records import Errand

# The keys of the keyboard are letters, not words.
UNSAID = """() => [...document.querySelectorAll("body *")].flatMap(element => {
    if (!element.checkVisibility() || element.closest("script, #keyboard")) return [];
    if (element.closest("[lang]").lang === "vi") return [];
    const own = [...element.childNodes].filter(one => one.nodeType === 3).map(one => one.data);
    return [...own, element.placeholder || ""].filter(text => /[À-ÖØ-öø-ɏḀ-ỿ]/.test(text));
})"""


def in_english(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(UNSAID) == [], page.url


def goes_on(page: Page, heading: str) -> None:
    page.get_by_role("button", name="Continue", exact=True).last.tap()
    says(page, heading, in_english)


def test_a_dossier_is_filed_in_english(site, screen):
    page = screen(site)
    page.goto("/kiosk/?point=K1")
    page.get_by_role("button", name="English").tap()
    begin = page.get_by_role("button", name="Touch to start")
    expect(begin).to_be_visible()
    in_english(page)
    is_clean(page)
    is_laid_out(page, "portrait", 1)
    begin.tap()
    says(page, "What would you like to do today?", in_english)
    page.get_by_role("button", name="Cấp bản sao giấy khai sinh").first.tap()
    says(page, re.compile("Cấp bản sao"), in_english)
    page.get_by_role("button", name="I am ready").tap()
    says(page, "Who is the applicant?", in_english)
    scans(page)
    says(page, "Check: is this the right person?", in_english)
    page.get_by_role("button", name="Yes, continue").tap()
    says(page, "Which paper do you need a copy of?", in_english)
    page.get_by_role("button", name="Continue", exact=True).last.tap()  # nothing chosen yet
    expect(page.get_by_role("heading", name="One place to look at again")).to_be_visible()
    in_english(page)
    page.get_by_text("Birth certificate", exact=True).tap()
    goes_on(page, "Whose paper is it?")
    page.get_by_text("My own").tap()
    goes_on(page, "Is the information about you correct?")
    goes_on(page, "Where was it registered?")
    page.get_by_label("Place of registration").fill("Ủy ban nhân dân phường Hạc Thành")
    goes_on(page, "How many copies?")
    page.get_by_label("Number of copies").fill("2")
    goes_on(page, "Which papers do you have?")
    for choice in page.get_by_text("I have the paper here").all():
        choice.tap()
    goes_on(page, "How would you like to get the result?")
    page.get_by_text("At the counter, come another day").tap()
    goes_on(page, "Fees to pay")
    expect(page.get_by_text("16,000 VND").first).to_be_visible()
    page.get_by_text("None of these", exact=True).tap()
    goes_on(page, "Last check")
    is_clean(page)
    page.get_by_role("button", name="Submit", exact=True).tap()
    says(page, "Application received", in_english)
    with site.app.app_context():
        errand = db.session.query(Errand).order_by(Errand.id.desc()).first()
        assert paper_of(errand, site.app.extensions["motcham"].keys).title.startswith("Biên nhận hồ sơ")
