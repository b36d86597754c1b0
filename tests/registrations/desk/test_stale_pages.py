"""Pages of the admin that were open while a colleague changed what they show (stale-pages.md, rows 3 to 5 and 7)."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from registrations.models import AgendaItem, Reminder, WebinarSession
from tests.pages import drawn_in
from tests.registrations.desk.role_forms import Filled
from tests.registrations.factories import NOW, make_agenda_item, make_user

WHEN = "20 April 2020, 10:00"


@pytest.fixture
def mine(db):
    return signed_in("mine")


@pytest.fixture
def theirs(db):
    return signed_in("theirs")


def signed_in(name):
    browser = Client()
    user = make_user(name, "Editors")
    user.is_superuser = True
    user.save()
    browser.force_login(user)
    return browser


def page_of(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def opened(browser, url):
    """Return what a browser would send of a page that nobody has touched."""
    return Filled(browser.get(url).text).sent


def change(browser, url, **touched):
    """Open a page, fill in something and send it; it is saved."""
    response = browser.post(url, opened(browser, url) | touched)
    assert response.status_code == 302


def errors(response):
    """Return what a stock page complains of, by field."""
    return dict(response.context["adminform"].form.errors)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_session_keeps_what_a_colleague_filled_in_elsewhere(mine, theirs, session):
    """Row 3: B opens the session, A sets address, password and places, B writes the summary."""
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, meeting_url="https://sample.webex.com/x", meeting_password="secret", capacity="40")

    response = mine.post(url, page | {"summary": "About skills."})

    row = WebinarSession.objects.get(pk=session.pk)
    assert response.status_code == 302
    assert (row.meeting_url, row.meeting_password, row.capacity, row.summary) == (
        "https://sample.webex.com/x",
        "secret",
        40,
        "About skills.",
    )


def test_webinar_keeps_the_notice_of_a_colleague(mine, theirs, webinar):
    """Row 4: B opens the webinar, A writes a notice, B the series."""
    url = page_of(webinar)
    page = opened(mine, url)
    change(theirs, url, notice="Moved to the other building.")

    mine.post(url, page | {"series": "Spring"})

    webinar.refresh_from_db()
    assert (webinar.notice, webinar.series) == ("Moved to the other building.", "Spring")


def test_field_that_both_changed_is_refused_once_with_who_and_what(mine, theirs, webinar):
    url = page_of(webinar)
    page = opened(mine, url)
    change(theirs, url, series="Autumn", organiser="DG CONNECT")

    refused = mine.post(url, page | {"series": "Spring", "purpose": "Why not."})
    again = mine.post(url, Filled(refused.text).sent)

    webinar.refresh_from_db()
    assert errors(refused) == {
        "series": [
            f"While this page was open, theirs changed this to “Autumn” ({WHEN}). Your own value is in the box: send the "
            "page again to keep it."
        ]
    }
    assert again.status_code == 302
    assert (webinar.series, webinar.organiser, webinar.purpose) == ("Spring", "DG CONNECT", "Why not.")


def test_same_change_by_both_is_no_clash(mine, theirs, webinar):
    url = page_of(webinar)
    page = opened(mine, url)
    change(theirs, url, series="Autumn")

    response = mine.post(url, page | {"series": " Autumn "})

    assert response.status_code == 302


def test_line_breaks_of_a_browser_are_no_change(mine, webinar):
    webinar.purpose = "One.\nTwo."
    webinar.save()
    url = page_of(webinar)

    mine.post(url, opened(mine, url) | {"purpose": "One.\r\nTwo.", "series": "Spring"})

    webinar.refresh_from_db()
    assert (webinar.purpose, webinar.series) == ("One.\nTwo.", "Spring")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "2020-04-20",
        "2020-04-20T08:00:00+00:00 series:0",
        "\x00",
        "0001-01-01T00:00:00+23:59 x",
        None,
    ],
)
def test_page_without_what_it_was_drawn_from_is_refused_with_everything_kept(mine, webinar, token):
    url = page_of(webinar)
    page = opened(mine, url) | {"drawn": token, "series": "Spring", "notice": "New."}

    refused = mine.post(url, {name: value for name, value in page.items() if value is not None})
    kept = Filled(refused.text).sent
    again = mine.post(url, kept)

    assert errors(refused)
    assert (kept["series"], kept["notice"]) == (["Spring"], ["New."])
    assert again.status_code == 302


def test_line_that_a_colleague_deleted_holds_up_nothing_that_was_not_touched(mine, theirs, session):
    """Row 7: B opens three lines, A deletes the first, B writes the third again."""
    _first, _second, third = (make_agenda_item(session, title=title) for title in ("One", "Two", "Three"))
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, **{"agenda_items-0-DELETE": "on"})

    response = mine.post(url, page | {"agenda_items-2-title": "Third"})

    assert response.status_code == 302
    assert titles(session) == ["Two", "Third"]
    assert AgendaItem.objects.get(title="Third").pk == third.pk


def titles(session):
    return list(session.agenda_items.order_by("pk").values_list("title", flat=True))


def test_words_in_a_line_that_a_colleague_deleted_come_back_to_be_added_again(mine, theirs, session):
    for title in ("One", "Two", "Three"):
        make_agenda_item(session, title=title)
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, **{"agenda_items-0-DELETE": "on"})

    refused = mine.post(url, page | {"agenda_items-0-title": "First", "agenda_items-2-title": "Third"})
    unchanged = titles(session)
    again = mine.post(url, Filled(refused.text).sent)

    assert (
        f"theirs deleted this line while the page was open ({WHEN}). Send the page again to add it as a new one, or empty "
        "it."
    ) in refused.text
    assert unchanged == ["Two", "Three"]
    assert (again.status_code, titles(session)) == (302, ["Two", "Third", "First"])


def test_line_that_both_delete_is_gone_once(mine, theirs, session):
    make_agenda_item(session, title="One")
    make_agenda_item(session, title="Two")
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, **{"agenda_items-0-DELETE": "on"})

    response = mine.post(url, page | {"agenda_items-0-DELETE": "on", "agenda_items-0-title": "Mine"})

    assert (response.status_code, titles(session)) == (302, ["Two"])


def test_line_that_a_colleague_changed_is_deleted_only_after_another_look(mine, theirs, session):
    make_agenda_item(session, title="One")
    url = page_of(session)
    page = opened(mine, url) | {"agenda_items-0-DELETE": "on"}
    change(theirs, url, **{"agenda_items-0-speakers": "Ada"})

    refused = mine.post(url, page)
    kept = titles(session)
    again = mine.post(url, Filled(refused.text).sent)

    assert "“One”, which you ticked to be deleted, was changed" in refused.text
    assert (kept, again.status_code, titles(session)) == (["One"], 302, [])


def test_line_that_a_colleague_added_stays(mine, theirs, session):
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, **{"agenda_items-0-title": "Theirs"})

    mine.post(url, page | {"agenda_items-0-title": "Mine"})

    assert titles(session) == ["Theirs", "Mine"]


def test_reminder_that_a_colleague_moved_stays_moved(mine, theirs, session):
    reminder = Reminder.objects.create(session=session, hours_before=24)
    url = page_of(session)
    page = opened(mine, url)
    change(theirs, url, **{"reminders-0-hours_before": "48"})

    mine.post(url, page | {"summary": "About skills."})

    reminder.refresh_from_db()
    assert reminder.hours_before == 48


def test_account_keeps_the_groups_and_the_last_login_that_came_meanwhile(mine, theirs):
    colleague = make_user("colleague", "Auditors")
    url = page_of(colleague)
    page = opened(mine, url)
    change(
        theirs, url, groups=[str(pk) for pk in make_user("x", "Editors").groups.values_list("pk", flat=True)]
    )
    User.objects.filter(pk=colleague.pk).update(last_login=NOW)

    mine.post(url, page | {"first_name": "Cleo"})

    colleague.refresh_from_db()
    groups = list(colleague.groups.values_list("name", flat=True))
    assert (groups, colleague.first_name, colleague.last_login) == (["Editors"], "Cleo", NOW)


def test_deleting_a_row_that_a_colleague_changed_asks_again(mine, theirs, webinar):
    url = page_of(webinar, "delete")
    page = opened(mine, url)
    change(theirs, page_of(webinar), series="Autumn")

    asked = mine.post(url, page)
    is_there = type(webinar).objects.filter(pk=webinar.pk).exists()
    again = mine.post(url, Filled(asked.text).sent)

    assert said(asked) == [
        f"While this page was open, theirs changed what it shows (Changed Series. {WHEN}), so nothing was done. What you "
        "filled in is still here: look at the page again, then send it."
    ]
    assert (is_there, again.status_code) == (True, 302)
    assert not type(webinar).objects.filter(pk=webinar.pk).exists()


def test_page_carries_no_password_that_it_does_not_show(client, session):
    session.meeting_password = "secret"
    session.save()
    client.force_login(make_user("auditor", "Auditors"))

    page = client.get(page_of(session)).text

    assert ("secret" in page, drawn_in(page)) == (False, {})
