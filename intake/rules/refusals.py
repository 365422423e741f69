"""Every "no" the core can say: a closed vocabulary with stable codes."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # a refusal is an answer, not an error of ours
    """The answer is no, for a reason a person can act on.

    ``code`` is stable and names the sentence in templates/refusals.html;
    ``facts`` fill that sentence. A refusal carries facts, never finished text.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts


class UnreadableCitizenId(Refusal):
    """Not twelve digits."""

    code = "unreadable_citizen_id"


class UnreadableCard(Refusal):
    """The scanned text is not the QR of a citizen card."""

    code = "unreadable_card"


class UnreadablePhone(Refusal):
    """Not a Vietnamese telephone number."""

    code = "unreadable_phone"


class UnreadableName(Refusal):
    """No letters, too long, or with digits and signs no name has."""

    code = "unreadable_name"


class UnknownTerm(Refusal):
    """The law tells this term only in words: a person must say when the result is due."""

    code = "unknown_term"


class UnreadableItemNumber(Refusal):
    """Empty or longer than any item number."""

    code = "unreadable_item_number"


class WrongCheckDigit(Refusal):
    """Shaped like UPU S10, but one or more digits are wrong: scan again."""

    code = "wrong_check_digit"


class UnreadableDossierCode(Refusal):
    """No dossier code of the old or the new shape."""

    code = "unreadable_dossier_code"


class NotAReceipt(Refusal):
    """A text that does not even begin like the QR of a receipt: another code was scanned, or words typed."""

    code = "not_a_receipt"


class ForgedReceipt(Refusal):
    """The text of a receipt's QR was altered, cut short or never signed by us."""

    code = "forged_receipt"


class ForeignReceipt(Refusal):
    """Signed with a key this office does not know; facts name the issuing office."""

    code = "foreign_receipt"


class BadProcedure(Refusal):
    """A procedure definition that cannot be used; facts["faults"] lists why."""

    code = "bad_procedure"


class UnfinishedDossier(Refusal):
    """Answers or papers are still missing; facts["faults"] are the forms.Fault of each."""

    code = "unfinished_dossier"


class OfficeClosed(Refusal):
    """Intake is closed now; facts["opens_at"] says when it opens again, or None."""

    code = "office_closed"


class ProcedureNotOffered(Refusal):
    """This office does not receive that procedure, or its version has expired."""

    code = "procedure_not_offered"


class VisitOver(Refusal):
    """The visit has ended (done, given up, idle): nothing of it is left."""

    code = "visit_over"


class HelpOver(Refusal):
    """The visit has ended, or whoever helped with it has left."""

    code = "help_over"


class NobodyCalled(Refusal):
    """At this kiosk nobody called an officer: what they do is not looked at."""

    code = "nobody_called"


class HelpedByAnother(Refusal):
    """Another officer is with them from the desk; ``name`` is theirs."""

    code = "helped_by_another"


class NoConsent(Refusal):
    """The citizen has not agreed, took it back, or is at another screen by now."""

    code = "no_consent"


class NotAskedToVouch(Refusal):
    """The citizen did not ask for it, or has told who they are meanwhile."""

    code = "not_asked_to_vouch"


class TooManyCopies(Refusal):
    """This receipt was printed often enough; facts["most"] papers."""

    code = "too_many_copies"


class UnknownPrinter(Refusal):
    """No printer of this office, or one out of use."""

    code = "unknown_printer"


class WrongStatus(Refusal):
    """What is asked cannot follow the status the dossier has; facts["now"] and facts["then"]."""

    code = "wrong_status"


class HeldByAnother(Refusal):
    """Another officer works on it; facts["name"], and facts["until"] when the lock ends by itself."""

    code = "held_by_another"


class NoSuchDossier(Refusal):
    """No dossier of this office: one of another office is none, too."""

    code = "no_such_dossier"


class ChangedMeanwhile(Refusal):
    """Somebody else saved the same thing after this page was opened; nothing was overwritten."""

    code = "changed_meanwhile"


class NotAllowed(Refusal):
    """This person has no right to that, or not as the second of two."""

    code = "not_allowed"


class UnfinishedNotice(Refusal):
    """A request, refusal, apology or stop lacks something; facts["faults"] are the forms.Fault of each."""

    code = "unfinished_notice"


class UnprovenCollector(Refusal):
    """Who collects a result has not shown enough; facts["faults"] are the forms.Fault of each."""

    code = "unproven_collector"


class SecondApproval(Refusal):
    """A second request in the same stage: only somebody who decides may make it."""

    code = "second_approval"


class HandoverOpen(Refusal):
    """It is on its way between two units; facts["to"] is the unit's name, "" for the front desk."""

    code = "handover_open"


class NoHandover(Refusal):
    """Nothing is on its way: it was confirmed, declined or taken back meanwhile."""

    code = "no_handover"


class UnknownUnit(Refusal):
    """No unit of this office, one out of use, or the one that has the dossier already."""

    code = "unknown_unit"


class NotOfThisUnit(Refusal):
    """Only people of that unit may do this; facts["unit"] is its name, "" for the front desk."""

    code = "not_of_this_unit"


class NothingToExtend(Refusal):
    """The dossier has no deadline that could be moved."""

    code = "nothing_to_extend"


class ApologyPending(Refusal):
    """An apology awaits its approver already."""

    code = "apology_pending"


class NoSuchNotice(Refusal):
    """No such notice of this dossier, or it was issued or withdrawn meanwhile."""

    code = "no_such_notice"


class TooManyExtensions(Refusal):
    """Extended as often as the office allows, facts["most"]; a manager may still, with a reason."""

    code = "too_many_extensions"


class WrongReceipt(Refusal):
    """A receipt of ours, but of another dossier."""

    code = "wrong_receipt"


class NotTheApplicant(Refusal):
    """The number shown is not the applicant's, nor that of the representative in facts["named"]."""

    code = "not_the_applicant"


class BadPayment(Refusal):
    """What was paid or given back is not told as it must be; facts["faults"] are the forms.Fault of each."""

    code = "bad_payment"


class LinkOver(Refusal):
    """A one-time link that was used, is too old, or never was."""

    code = "link_over"


class NoSuchPerson(Refusal):
    """Nobody of this office: somebody of another office is nobody, too."""

    code = "no_such_person"


class LastOfRole(Refusal):
    """Nobody would be left to manage the office, or the installation; facts["role"]."""

    code = "last_of_role"


class NoNumbersNow(Refusal):
    """Numbers are given on working days only; facts["opens_at"] says when again, or None."""

    code = "no_numbers_now"


class NoSuchGroup(Refusal):
    """The office gives no number for that."""

    code = "no_such_group"


class NothingWaiting(Refusal):
    """Nobody waits for this counter."""

    code = "nothing_waiting"


class CounterBusy(Refusal):
    """Somebody was called to this counter and has neither come nor been let go; facts["number"]."""

    code = "counter_busy"


class NoCounter(Refusal):
    """Whoever calls must say at which counter they sit, one of their office."""

    code = "no_counter"


class NotServedHere(Refusal):
    """The counter does not serve the group of that number; facts["number"]."""

    code = "not_served_here"


class NoSuchTicket(Refusal):
    """No number of this office."""

    code = "no_such_ticket"


class TicketOver(Refusal):
    """A number of another day; facts["number"]."""

    code = "ticket_over"


class WrongTicketState(Refusal):
    """What is asked cannot follow the state the number has now; facts["number"], facts["now"]."""

    code = "wrong_ticket_state"


class NotYourTicket(Refusal):
    """Another officer has this person at another counter; facts["number"], facts["counter"]."""

    code = "not_your_ticket"


class PromiseChanged(Refusal):
    """What the screen said of today no longer holds: facts["lost"] is "today" or "wait".

    facts["why"] is a NotToday, "suspended" or None, facts["again_at"] from when it can again.
    """

    code = "promise_changed"


class ForeignAttempt(Refusal):
    """An attempt with which another office received a dossier."""

    code = "foreign_attempt"


class PaperIsTaken(Refusal):
    """Paper was and is taken for this dossier as on any day: there is nothing to except."""

    code = "paper_is_taken"


class NoException(Refusal):
    """No exception that could be taken back."""

    code = "no_exception"


class NoSuchThing(Refusal):
    """No unit, group, counter, kiosk or printer of this office."""

    code = "no_such_thing"


class NoSuchFallbackForm(Refusal):
    """No form of that number was printed for this office; facts["number"]."""

    code = "no_such_fallback_form"


class FallbackEntered(Refusal):
    """The form is a dossier already; facts["number"], facts["dossier_code"]."""

    code = "fallback_entered"


class BadTakenAt(Refusal):
    """Nothing can have been received on the form then; facts["number"], facts["why"].

    Why: "future", "too_old", "before_printed", "not_working_time" or "unreadable".
    """

    code = "bad_taken_at"


class WrongRuleState(Refusal):
    """What is asked cannot follow the state this version of a rule has now; facts["now"]."""

    code = "wrong_rule_state"


class SamePerson(Refusal):
    """Two people are needed, and this is the first of them again."""

    code = "same_person"


class RuleStopped(Refusal):
    """A rule of service days contradicts itself, the law or another rule; facts["codes"] of the findings."""

    code = "rule_stopped"


class RuleRuns(Refusal):
    """A rule is not ended on its day until it closes, facts["until"]: it can be suspended, by two people."""

    code = "rule_runs"


class DraftExists(Refusal):
    """A version of this rule is being prepared already."""

    code = "draft_exists"


class AlreadySuspended(Refusal):
    """The rules rest already, or a second person's word is awaited; facts["until"]."""

    code = "already_suspended"


class NothingToConfirm(Refusal):
    """The suspension was confirmed, ended or ran out meanwhile."""

    code = "nothing_to_confirm"


class NothingToResume(Refusal):
    """No suspension is open."""

    code = "nothing_to_resume"


class WrongStep(Refusal):
    """Another step of a postal item is due; facts["now"] and facts["then"] are steps."""

    code = "wrong_step"


class NoSuchItem(Refusal):
    """No such postal item, or one of another post office; facts["item_number"]."""

    code = "no_such_item"


class ItemKnown(Refusal):
    """This item number was taken before; facts["item_id"] and facts["item_number"]."""

    code = "item_known"


class ItemElsewhere(Refusal):
    """The item is on another open list, or not where this needs it; facts["where"]."""

    code = "item_elsewhere"


class NoSuchManifest(Refusal):
    """No such hand-over list, or one of another post office."""

    code = "no_such_manifest"


class WrongManifestState(Refusal):
    """The list is closed, not closed yet, or confirmed already; facts["state"]."""

    code = "wrong_manifest_state"


class EmptyManifest(Refusal):
    """A hand-over list without a line."""

    code = "empty_manifest"


class NoPostOffice(Refusal):
    """The clerk belongs to no post office, or to one out of use."""

    code = "no_post_office"


class NoTariff(Refusal):
    """No price holds today for facts["zone"] and facts["grams"]."""

    code = "no_tariff"


class UnknownExemption(Refusal):
    """No reduction of this code holds today; facts["exemption"]."""

    code = "unknown_exemption"


class NoNumbersLeft(Refusal):
    """The post office has no item numbers of its own left."""

    code = "no_numbers_left"


class NoShift(Refusal):
    """Money is taken in a shift: none is open."""

    code = "no_shift"


class BadCorrection(Refusal):
    """A line of money that cannot be corrected so; facts["why"]."""

    code = "bad_correction"


class WrongDeliveryCode(Refusal):
    """The one-time code is not the recipient's."""

    code = "wrong_delivery_code"


class TriesUsedUp(Refusal):
    """Delivery was tried as often as the office lets it be, or for too long: it goes back to the office."""

    code = "tries_used_up"


class Packed(Refusal):
    """The result lies packed for the post under facts["item_number"]: it is unpacked first."""

    code = "packed"


class UnknownOperator(Refusal):
    """The key is no operator's, or was withdrawn."""

    code = "unknown_operator"


class EntrySettled(Refusal):
    """Somebody has seen to this money that came in."""

    code = "entry_settled"


class NoSuchSavedDraft(Refusal):
    """No draft is saved under this code, or its time is over."""

    code = "no_such_saved_draft"


class NotYetToRate(Refusal):
    """Officers are still at work on this dossier."""

    code = "not_yet_to_rate"


class ScanNotUnderstood(Refusal):
    """What was scanned is none of the codes this screen knows."""

    code = "scan_not_understood"


class UnreadableEnvelope(Refusal):
    """What a device kept while the line was cut does not open: altered, or sealed for another server."""

    code = "unreadable_envelope"


class PassOver(Refusal):
    """Taken on a page that is too old, or of another post office: facts["why"] is "old" or "elsewhere"."""

    code = "pass_over"


class BadFile(Refusal):
    """A file that is not taken as a paper; each of the following says why."""

    code = "bad_paper"


class EmptyFile(BadFile):
    """Nothing in it."""

    code = "empty_file"


class TruncatedFile(BadFile):
    """It breaks off, or is damaged otherwise."""

    code = "truncated_file"


class EncryptedFile(BadFile):
    """A PDF that opens only with a password."""

    code = "encrypted_file"


class WrongKind(BadFile):
    """Neither a picture nor a PDF, whatever its name says."""

    code = "wrong_kind"


class HeicFile(BadFile):
    """A picture as iPhones keep it; browsers and we cannot open it."""

    code = "heic_file"


class GifFile(BadFile):
    """A GIF: drawn or moving, no photograph of a paper."""

    code = "gif_file"


class TiffFile(BadFile):
    """A TIFF or BMP, as old scanner programs write them."""

    code = "tiff_file"


class SvgFile(BadFile):
    """A drawing in SVG, which may hold scripts."""

    code = "svg_file"


class WebPageFile(BadFile):
    """A web page, whatever its name says."""

    code = "web_page_file"


class ZipFile(BadFile):
    """An archive."""

    code = "zip_file"


class OfficeFile(BadFile):
    """A document of a word processor or a spreadsheet."""

    code = "office_file"


class TooManyPixels(BadFile):
    """A picture larger than any camera takes; facts["most"] is in millions."""

    code = "too_many_pixels"


class TooSmallPicture(BadFile):
    """A picture on which no paper could be read; facts["least"] dots on its shorter side."""

    code = "too_small_picture"


class TooHeavyFile(BadFile):
    """Reading it took more time or memory than any honest paper needs."""

    code = "too_heavy_file"


class TooManyPages(BadFile):
    """A PDF with more than facts["most"] pages."""

    code = "too_many_pages"


class TooBigFile(BadFile):
    """More than facts["most"] million bytes."""

    code = "too_big_file"


class TooManyFiles(BadFile):
    """One dossier may have facts["most"] files."""

    code = "too_many_files"


class NotKept(BadFile):
    """Our disk did not take it."""

    code = "not_kept"


class SignedFile(BadFile):
    """A signed PDF is never changed: it cannot be turned."""

    code = "signed_file"


class NoSuchFile(Refusal):
    """No such file of this draft or dossier, or it was taken away."""

    code = "no_such_file"


class NoDocumentScanner(Refusal):
    """This machine has no scanner for papers."""

    code = "no_document_scanner"


class UploadOver(Refusal):
    """The address a phone was shown takes nothing more: its quarter of an hour, or the visit, is over."""

    code = "upload_over"
