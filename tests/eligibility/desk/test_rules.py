"""Rule versions drafted in the admin: what the pages write, show and refuse."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eligibility.countries import CODES
from eligibility.desk.rule_forms import MOST_CONDITIONS, conditions_form
from eligibility.models import RuleVersion
from eligibility.records import Condition, ContentStatus, Source
from eligibility.register import rule_record
from eligibility.services.drafts import draft_edition
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import condition, edition, later_rule
from tests.eligibility.factories import rule as rule_of_a_test
from tests.eligibility.pages import messages, tools, url, words
from tests.registrations.factories import make_user

pytestmark = pytest.mark.django_db

OTHERS = ("Approvers", "Editors", "Auditors", "Data protection")
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", re.IGNORECASE)


@pytest.fixture
def original(seeded) -> RuleVersion:
    """Return the published rule that versions start from."""
    return RuleVersion.objects.get(key="INV-CORR")


def filled_in(*conditions: dict[str, str], **changes) -> dict[str, object]:
    """Return what the form of a rule sends, with these conditions."""
    sent = {
        "relation": "takes_over",
        "key": "INV-2",
        "starts": "2020-07-01",
        "ends": "2020-12-31",
        "content_status": "documented",
        "lists": ["EU", "ENI"],
        "wording": "Who may come.",
        "note": "Why.",
        "source_title": "Decision",
        "source_url": "https://example.org/decision",
        "source_date": "2020-06-15",
        "source_hash": "",
        "conditions-TOTAL_FORMS": str(len(conditions) + 1),
        "conditions-INITIAL_FORMS": "0",
    }
    for number, stated in enumerate(conditions):
        sent |= {f"conditions-{number}-{name}": value for name, value in stated.items()}
    return sent | changes


SYRIA = {
    "organisation_types": "ngo, sme ngo",
    "countries": "syria; UK,XKX\nBonaire, Sint Eustatius and Saba",
    "reason": "Look.",
}


def pages(original: RuleVersion, draft: RuleVersion) -> list[str]:
    """Return the address of every page about rules."""
    return [
        url("ruleversion_draft-version", original),
        url("ruleversion_edit", draft),
        url("ruleversion_propose", draft),
        url("ruleversion_delete", draft),
        url("ruleversion_difference", draft),
        url("ruleversion_change", draft),
        reverse("admin:eligibility_ruleversion_changelist"),
    ]


def test_pages_open_for_a_rule_keeper_without_anything_inline_and_change_nothing(keeper, original, client):
    addresses = pages(original, later_rule())
    before = list(RuleVersion.objects.values())

    answers = [client.get(address) for address in addresses]

    assert [answer.status_code for answer in answers] == [200] * 7
    assert [INLINE.findall(answer.content.decode()) for answer in answers] == [[]] * 7
    assert list(RuleVersion.objects.values()) == before


@pytest.mark.parametrize("group", OTHERS)
def test_pages_that_change_something_are_refused_to_other_groups(original, group, client):
    addresses = pages(original, later_rule())
    client.force_login(make_user("somebody", group))

    gets = [client.get(address).status_code for address in addresses]
    posts = [client.post(address, filled_in(post="yes", note="N")).status_code for address in addresses[:4]]

    reads = 403 if group == "Data protection" else 200
    assert (gets, posts) == ([403] * 4 + [reads] * 3, [403] * 4)


def test_buttons_are_those_of_the_moment(keeper, original, client):
    draft, waiting = later_rule(), later_rule("WAITING", starts=date(2020, 8, 1))
    propose_publication(
        editions=[], rules=[waiting.pk], by=keeper, note="N", now=datetime(2020, 4, 25, tzinfo=UTC)
    )

    assert [tools(client, row) for row in (original, draft, waiting)] == [
        ["Draft a new version", "Show the difference"],
        ["Edit the draft", "Show the difference", "Propose for publication"],
        ["Show the difference"],
    ]


def test_form_starts_from_what_the_original_states(keeper, original, client):
    response = client.get(url("ruleversion_draft-version", original))

    record = rule_record(original)
    form, conditions = response.context["form"], response.context["conditions"]
    assert {
        name: form[name].value() for name in ("key", "starts", "source_title", "content_status", "lists")
    } == {
        "key": None,
        "starts": None,
        "source_title": None,
        "content_status": "documented_in_part",
        "lists": list(record.lists),
    }
    assert (form["wording"].value(), form["note"].value()) == (record.wording, record.note)
    assert [shown["countries"].value() for shown in conditions] == ["", "Syria", None, None]
    assert (
        "In use: international_organisation, public_authority_national, public_authority_regional."
        in words(response)
    )


def test_unchanged_conditions_of_the_original_are_kept(keeper, original, client):
    page = url("ruleversion_draft-version", original)
    forms = client.get(page).context["conditions"]
    shown = [{name: form[name].value() for name in SYRIA} for form in forms.initial_forms]

    client.post(page, filled_in(*shown, **{"conditions-INITIAL_FORMS": "2"}))

    assert rule_record(RuleVersion.objects.drafts().get()).conditions == rule_record(original).conditions


def test_version_that_takes_over_is_drafted(keeper, original, client):
    document = SimpleUploadedFile("decision.pdf", b"The decision")

    response = client.post(
        url("ruleversion_draft-version", original), filled_in(SYRIA, document=document), follow=True
    )

    draft = RuleVersion.objects.drafts().get()
    assert rule_record(draft) == replace(
        rule_record(original),
        key="INV-2",
        starts=date(2020, 7, 1),
        ends=date(2020, 12, 31),
        status=ContentStatus.DOCUMENTED,
        lists=("EU", "ENI"),
        wording="Who may come.",
        note="Why.",
        source=Source(
            "Decision",
            "https://example.org/decision",
            date(2020, 6, 15),
            hashlib.sha256(b"The decision").hexdigest(),
        ),
        conditions=(Condition(("ngo", "sme"), "Look.", ("SY", "GB", "XK", "BQ")),),
        corrects="",
    )
    assert response.redirect_chain == [(url("ruleversion_change", draft), 302)]
    assert messages(response) == [
        "Saved. Look at the difference, then propose it.",
        "No published rule names these organisation types: ngo, sme. Misspelt?",
    ]


def test_version_that_corrects_is_drafted(keeper, original, client):
    sent = filled_in(relation="corrects", starts="2020-04-27", ends="", source_hash="ab" * 32)

    client.post(url("ruleversion_draft-version", original), sent)

    draft = rule_record(RuleVersion.objects.drafts().get())
    assert (draft.corrects, draft.starts, draft.ends, draft.source.file_hash, draft.conditions) == (
        "INV-CORR",
        date(2020, 4, 27),
        None,
        "ab" * 32,
        (),
    )


def test_lists_that_are_only_drafted_can_be_named(keeper, original, client):
    draft_edition(edition("OCT-1", "GL", list_key="OCT"))
    page = url("ruleversion_draft-version", original)
    offered = client.get(page).context["form"].fields["lists"].choices

    client.post(page, filled_in(lists=["EU", "OCT"]))

    assert offered == [
        *((key, key) for key in rule_record(original).lists),
        ("OCT", "OCT (drafted only)"),
    ]
    assert RuleVersion.objects.drafts().get().lists == ["EU", "OCT"]


def test_list_that_lost_its_only_draft_stays_named(keeper, original, client):
    draft = later_rule("INV-2", "EU", "GONE")

    form = client.get(url("ruleversion_edit", draft)).context["form"]

    assert form.fields["lists"].choices[:2] == [("EU", "EU"), ("GONE", "GONE (has no edition)")]
    assert form["lists"].value() == ["EU", "GONE"]


def test_correction_that_starts_before_what_it_corrects_is_refused(keeper, original, client):
    sent = filled_in(SYRIA, relation="corrects", starts="2020-04-26")

    response = client.post(url("ruleversion_draft-version", original), sent)

    sentence = "INV-2 starts before INV-CORR, which it corrects and which starts on 27 April 2020."
    assert response.context["form"].errors == {"__all__": [sentence]}
    assert not RuleVersion.objects.drafts().exists()


EARLY = "To take over from INV-CORR it must start later than that does, 27 April 2020."


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"relation": ""}, {"relation": ["This field is required."]}),
        ({"key": ""}, {"key": ["This field is required."]}),
        ({"key": "INV-ORIG"}, {"key": ["Rule version with this Key already exists."]}),
        ({"starts": "2020-04-27"}, {"starts": [EARLY]}),
        ({"starts": "0001-01-01"}, {"starts": [EARLY]}),
        ({"starts": ""}, {"starts": [EARLY]}),
        ({"starts": "2020-02-30"}, {"starts": ["Enter a valid date."]}),
        ({"ends": "2020-06-30"}, {"ends": ["The last day lies before the first, 1 July 2020."]}),
        ({"content_status": "known"}, {"content_status": ["Select a valid choice. known is not one of the available choices."]}),
        ({"lists": ["NOWHERE"]}, {"lists": ["Select a valid choice. NOWHERE is not one of the available choices."]}),
        ({"source_title": ""}, {"source_title": ["This field is required."]}),
        ({"source_url": "javascript:alert(1)"}, {"source_url": ["Enter a valid URL."]}),
        ({"source_hash": "AB"}, {"source_hash": ["Enter a valid value."]}),
        ({"document": SimpleUploadedFile("x", b"")}, {"document": ["The submitted file is empty."]}),
    ],
    ids=[
        "no relation", "no key", "key in use", "the same day", "the year 1", "no day", "no such day", "ends early",
        "no such status", "no such list", "no source", "no web address", "no hash", "empty document",
    ],
)  # fmt: skip
def test_version_that_cannot_be_is_refused(keeper, original, client, changes, errors):
    response = client.post(url("ruleversion_draft-version", original), filled_in(SYRIA, **changes))

    assert response.context["form"].errors == errors
    assert response.context["conditions"][0]["reason"].value() == "Look."
    assert not RuleVersion.objects.drafts().exists()


NO_TYPE = "No organisation type is written like this: NGO, a-b. Use small letters and underscores."


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"organisation_types": ""}, {"organisation_types": ["This field is required."]}),
        ({"organisation_types": " , ;"}, {"organisation_types": ["This field is required."]}),
        ({"organisation_types": "NGO ngo a-b"}, {"organisation_types": [NO_TYPE]}),
        ({"countries": "Syria, Nowhere; ZZ"}, {"countries": ["Not a country's code or name: Nowhere, ZZ."]}),
        ({"reason": ""}, {"reason": ["This field is required."]}),
    ],
    ids=["no type", "only commas", "wrong types", "no countries", "no reason"],
)
def test_condition_that_cannot_be_is_refused(keeper, original, client, changes, errors):
    response = client.post(url("ruleversion_draft-version", original), filled_in(SYRIA | changes))

    assert response.context["conditions"].errors == [errors, {}]
    assert response.context["form"].non_field_errors() == [
        "The conditions are not right yet; each says what is missing."
    ]
    assert not RuleVersion.objects.drafts().exists()


def test_too_many_conditions_are_refused(keeper, original, client):
    response = client.post(
        url("ruleversion_draft-version", original), filled_in(*[SYRIA] * (MOST_CONDITIONS + 1))
    )

    assert response.context["conditions"].non_form_errors() == ["Please submit at most 20 forms."]
    assert not RuleVersion.objects.drafts().exists()


def test_form_without_its_conditions_is_refused(keeper, original, client):
    sent = {name: value for name, value in filled_in().items() if not name.startswith("conditions")}

    response = client.post(url("ruleversion_draft-version", original), sent)

    assert response.status_code == 200
    assert not RuleVersion.objects.drafts().exists()


def test_draft_is_no_start_of_a_version(keeper, client):
    assert client.get(url("ruleversion_draft-version", later_rule())).status_code == 404


def test_every_country_shown_in_a_condition_is_read_back(seeded):
    every = conditions_form(rule_of_a_test(conditions=(condition("ngo", countries=tuple(sorted(CODES))),)))
    shown = every.initial_forms[0].initial

    data = {f"conditions-0-{name}": value for name, value in shown.items()}
    again = conditions_form(
        rule_of_a_test(), data | {"conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0"}
    )

    assert again.is_valid()
    assert again.stated()[0].countries == tuple(sorted(CODES))


def test_draft_is_edited(keeper, client):
    draft = later_rule("INV-2", "EU", conditions=(condition("ngo"), condition("sme", countries=("SY",))))
    kept = {"organisation_types": "sme", "countries": "SY", "reason": "New."}
    gone = {"organisation_types": "", "countries": "", "reason": "", "DELETE": "on"}
    sent = filled_in(gone, kept, key="INV-3", starts="0001-01-01", ends="9999-12-31", source_hash="cd" * 32)

    response = client.post(
        url("ruleversion_edit", draft), sent | {"conditions-INITIAL_FORMS": "2"}, follow=True
    )

    edited = RuleVersion.objects.get(pk=draft.pk)
    assert messages(response)[0] == "Saved. Look at the difference, then propose it."
    assert rule_record(edited) == replace(
        rule_record(draft),
        key="INV-3",
        starts=date(1, 1, 1),
        ends=date(9999, 12, 31),
        lists=("EU", "ENI"),
        wording="Who may come.",
        note="Why.",
        source=Source("Decision", "https://example.org/decision", date(2020, 6, 15), "cd" * 32),
        conditions=(Condition(("sme",), "New.", ("SY",)),),
    )


def test_draft_keeps_what_it_corrects_and_its_key(keeper, client):
    draft = later_rule(corrects="INV-CORR")

    client.post(url("ruleversion_edit", draft), filled_in(relation="takes_over"))

    draft.refresh_from_db()
    assert (draft.key, draft.corrects.key, draft.note) == ("INV-2", "INV-CORR", "Why.")


def test_rule_that_was_proposed_meanwhile_is_not_changed_and_nothing_is_lost(keeper, client):
    draft = later_rule()
    propose_publication(
        editions=[], rules=[draft.pk], by=keeper, note="N", now=datetime(2020, 4, 25, tzinfo=UTC)
    )

    response = client.post(url("ruleversion_edit", draft), filled_in(SYRIA))

    assert response.context["form"].non_field_errors() == ["INV-2 is already proposed."]
    assert "It is proposed: until the answer nobody can change it." in words(response)
    assert response.context["form"]["note"].value() == "Why."
    assert RuleVersion.objects.get(pk=draft.pk).note == ""


def test_published_rule_is_not_edited(keeper, original, client):
    page = url("ruleversion_edit", original)

    assert [client.get(page).status_code, client.post(page, filled_in()).status_code] == [404, 404]


def test_draft_is_deleted(keeper, client):
    client.post(url("ruleversion_delete", later_rule()), {"post": "yes"})

    assert not RuleVersion.objects.drafts().exists()


@pytest.mark.parametrize("state", ["published", "proposed"])
def test_rule_that_is_no_free_draft_is_not_deleted(original, client, state):
    admin = User.objects.create_superuser("admin")
    client.force_login(admin)
    row = original if state == "published" else later_rule()
    if state == "proposed":
        propose_publication(
            editions=[], rules=[row.pk], by=admin, note="N", now=datetime(2020, 4, 25, tzinfo=UTC)
        )

    response = client.post(url("ruleversion_delete", row), {"post": "yes"})

    assert (response.status_code, RuleVersion.objects.filter(pk=row.pk).exists()) == (403, True)


def test_page_of_a_rule_says_its_conditions_in_words(keeper, original, client):
    page = words(client.get(url("ruleversion_change", original)))

    assert "EU, EU-UK-TRANSITION, COSME-3C, ENI, TERRITORIES" in page
    assert (
        "public_authority_national, public_authority_regional; Syria; Cooperation with the government" in page
    )
    assert "international_organisation; every country; An international organisation" in page


def test_difference_page_shows_what_a_rule_changes(keeper, client):
    page = words(client.get(url("ruleversion_difference", later_rule("INV-2", "EU", "ENI"))))

    assert "INV-2, which takes over from INV-CORR" in page
    assert "first day: 27 April 2020 → 1 July 2020" in page
    assert "lists that admit: COSME-3C → nothing" in page
    assert client.post(url("ruleversion_difference", later_rule("INV-3"))).status_code == 405


@pytest.mark.parametrize("size", [1, 3])
def test_edit_page_takes_a_fixed_number_of_queries(keeper, client, size, django_assert_num_queries):
    draft = later_rule("INV-2", "EU", conditions=(condition("ngo", countries=("SY",)),) * size)
    for number in range(size - 1):
        later_rule(f"R{number}")
        draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}"))

    with django_assert_num_queries(7):
        client.get(url("ruleversion_edit", draft))
