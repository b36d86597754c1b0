"""Drafts that two Rule keepers have open (stale-pages.md, row 6): no page undoes a line that it did not touch."""

import pytest
import time_machine
from django.urls import reverse

from eligibility.models import PublicationProposal
from eligibility.register import rule_record
from tests.eligibility.factories import condition, corrected_cosme, later_rule
from tests.pages import Browser, was_changed
from tests.registrations.desk.reading import messages
from tests.registrations.desk.role_forms import Filled
from tests.registrations.factories import NOW

WHEN = "20 April 2020, 10:00"


@pytest.fixture(autouse=True)
def _pages_are_opened_at_the_moment():
    """Stop the clock, so that the pages say when."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def theirs(colleague):
    browser = Browser()
    browser.force_login(colleague)
    return browser


def address(row, page):
    return reverse(f"admin:eligibility_{row._meta.model_name}_{page}", args=[row.pk])


def opened(browser, url):
    """Return what a browser would send of a page that nobody has touched."""
    return Filled(browser.get(url).text).sent


def line_of(page, code):
    """Return the prefix of the boxes about a country."""
    return next(name.removesuffix("code") for name, value in page.items() if value == [code])


def test_country_that_a_colleague_settled_stays_settled(keeper, theirs, client):
    draft = corrected_cosme()
    url = address(draft, "change")
    mine = opened(client, url)
    line = line_of(mine, "AL")
    theirs.post(url, mine | {f"{line}treatment": "absent", f"{line}note": "Left."})

    done = client.post(url, mine | {"note": "A note."})

    draft.refresh_from_db()
    entry = draft.entries.get(code="AL")
    assert done.status_code == 302
    assert (draft.note, entry.treatment, entry.note) == ("A note.", "absent", "Left.")


def test_line_that_both_changed_is_refused_with_who_changed_it(keeper, theirs, client):
    draft = corrected_cosme()
    url = address(draft, "change")
    mine = opened(client, url)
    line = line_of(mine, "AL")
    theirs.post(url, mine | {f"{line}note": "Theirs."})

    refused = client.post(url, mine | {f"{line}note": "Mine."})
    kept = draft.entries.get(code="AL").note
    again = client.post(url, Filled(refused.text).sent)

    assert f"colleague changed this to “Theirs.” ({WHEN})" in refused.text
    assert (kept, again.status_code, draft.entries.get(code="AL").note) == ("Theirs.", 302, "Mine.")


def test_table_replaces_only_the_countries_that_were_there_when_it_was_opened(keeper, theirs, client):
    draft = corrected_cosme()
    url = address(draft, "fill-in")
    mine = opened(client, url)
    theirs.post(url, {"text": "code,name\nAL,Albania\n"})

    refused = client.post(url, mine | {"text": "code,name\nRS,Serbia\n"})
    kept = list(draft.entries.values_list("code", flat=True))
    again = client.post(url, Filled(refused.text).sent)

    assert messages(refused) == [was_changed("colleague", "Changed entries.", WHEN)]
    assert refused.context["form"]["text"].value() == "code,name\nRS,Serbia\n"
    assert (kept, again.status_code) == (["AL"], 302)
    assert list(draft.entries.values_list("code", flat=True)) == ["RS"]


def test_rule_keeps_what_a_colleague_stated_elsewhere(keeper, theirs, client):
    draft = later_rule(conditions=(condition("sme"),))
    url = address(draft, "edit")
    mine = opened(client, url)
    theirs.post(url, mine | {"note": "Theirs.", "conditions-0-organisation_types": "cluster_organisation"})

    done = client.post(url, mine | {"wording": "Mine."})

    draft.refresh_from_db()
    assert done.status_code == 302
    assert (draft.note, draft.wording) == ("Theirs.", "Mine.")
    assert rule_record(draft).conditions == (condition("cluster_organisation"),)


def test_conditions_that_both_changed_are_refused_once_with_what_they_are(keeper, theirs, client):
    draft = later_rule(conditions=(condition("sme"),))
    url = address(draft, "edit")
    mine = opened(client, url)
    theirs.post(url, mine | {"conditions-0-organisation_types": "cluster_organisation"})

    refused = client.post(url, mine | {"conditions-0-organisation_types": "network"})
    draft.refresh_from_db()
    kept = rule_record(draft).conditions
    again = client.post(url, Filled(refused.text).sent)

    draft.refresh_from_db()
    why, now, *_others = list(refused.context["form"].non_field_errors())
    assert why == was_changed("colleague", "Changed Conditions.", WHEN)
    assert now.startswith("The draft states now: ")
    assert (kept, again.status_code) == ((condition("cluster_organisation"),), 302)
    assert rule_record(draft).conditions == (condition("network"),)


def test_draft_that_a_colleague_changed_is_not_proposed_unseen(keeper, theirs, client):
    draft = corrected_cosme()
    url = address(draft, "propose")
    mine = opened(client, url)
    change = address(draft, "change")
    page = opened(theirs, change)
    theirs.post(
        change, page | {f"{line_of(page, 'AL')}treatment": "absent", f"{line_of(page, 'AL')}note": "Left."}
    )

    refused = client.post(url, mine | {"note": "A corrigendum."})
    proposals = PublicationProposal.objects.count()
    again = client.post(url, Filled(refused.text).sent)

    assert messages(refused)[0].startswith(
        "While this page was open, colleague changed what it shows (Changed "
    )
    assert (proposals, again.status_code, PublicationProposal.objects.count()) == (0, 302, 1)


def test_draft_that_a_colleague_changed_is_deleted_only_after_another_look(keeper, theirs, client):
    draft = corrected_cosme()
    url = address(draft, "delete")
    mine = opened(client, url)
    change = address(draft, "change")
    theirs.post(change, opened(theirs, change) | {"note": "Theirs."})

    asked = client.post(url, mine)
    is_there = type(draft).objects.filter(pk=draft.pk).exists()
    client.post(url, Filled(asked.text).sent)

    assert messages(asked) == [was_changed("colleague", "Changed Note.", WHEN)]
    assert (is_there, type(draft).objects.filter(pk=draft.pk).exists()) == (True, False)
