import re
from datetime import date, timedelta

import pytest

from registrations.models import AgendaVersion, SessionState, Webinar, WebinarSession
from tests.registrations.factories import ENDS, NOW, make_session, make_undated_session, make_webinar

pytestmark = pytest.mark.django_db


def publish_agenda(webinar, by, number, *items):
    return AgendaVersion.objects.create(
        webinar=webinar, number=number, items=list(items), published_at=NOW, published_by=by
    )


def agenda_line(title, time="10:30", speakers=""):
    return {
        "session": 1,
        "session_title": "Supply chains",
        "time": time,
        "title": title,
        "speakers": speakers,
    }


def test_home_shows_the_open_webinar(client, webinar, session):
    response = client.get("/")

    assert response.status_code == 200
    assert response.context["webinar"] == webinar
    assert '<a class="button" href="/webinars/clusters/register/">Register</a>' in response.text


def test_home_lists_several_open_webinars(client, webinar, session):
    make_session(make_webinar(slug="second", title="Second"))

    response = client.get("/")

    assert {each.slug for each in response.context["webinars"]} == {"clusters", "second"}
    assert 'href="/webinars/second/"' in response.text


@pytest.mark.parametrize("count", [2, 4])
def test_home_list_takes_a_fixed_number_of_queries(
    client, webinar, session, django_assert_num_queries, count
):
    for _number in range(count - 1):
        make_session(make_webinar())

    with django_assert_num_queries(4):
        response = client.get("/")

    assert response.text.count('<li class="card">') == count


def test_home_without_an_open_webinar_names_earlier_ones(client, webinar, session):
    Webinar.objects.update(registration_open=False)

    response = client.get("/")

    assert response.status_code == 200
    assert "No webinar is open for registration at the moment." in response.text
    assert 'href="/webinars/clusters/"' in response.text


def test_home_puts_what_is_still_to_come_under_no_earlier_webinars(client, webinar, session, later_session):
    Webinar.objects.update(registration_open=False)
    WebinarSession.objects.filter(pk=session.pk).update(starts_at=NOW - timedelta(hours=2), ends_at=NOW)
    past = make_webinar(slug="past", registration_open=False)
    make_session(past, starts_at=NOW - timedelta(hours=2), ends_at=NOW)
    make_session(past, state=SessionState.CANCELLED)
    make_session(make_webinar(slug="dated", registration_open=False))
    make_webinar(slug="nothing-yet", registration_open=False)
    make_undated_session(make_webinar(slug="draft", registration_open=False))

    context = client.get("/").context

    listed = {name: {each.slug for each in context[name]} for name in ("to_come", "earlier")}
    assert listed == {"to_come": {"clusters", "dated"}, "earlier": {"past"}}


def test_home_of_an_empty_site(client, db):
    assert "No webinar is open" in client.get("/").text


@pytest.mark.parametrize("count", [1, 3])
def test_webinar_page_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    for _number in range(count):
        make_session(webinar)
    client.get("/webinars/clusters/")  # fills the cache of published lists

    with django_assert_num_queries(4):
        response = client.get("/webinars/clusters/")

    assert response.text.count("Save the date") == count


def test_webinar_page_says_what_when_and_who(client, webinar, session, later_session):
    page = client.get("/webinars/clusters/").text

    assert '<h1 lang="en">Clusters respond</h1>' in page
    header, content = page.split("What it is about")
    for part in (header, content):
        assert "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)" in part
        assert "date to be confirmed" in part
    assert "<li>Third countries participating in COSME</li>" in page
    assert "<li>Partner countries of the European Neighbourhood Instrument</li>" in page
    assert 'href="/eligibility/?on=2020-04-28"' in page


def test_webinar_page_names_the_pinned_day(client, webinar, later_session):
    Webinar.objects.update(lists_as_of=date(2020, 4, 28), notice="A copy for trying out.")

    page = client.get("/webinars/clusters/").text

    assert "The lists as they stood on 28 April 2020 decide." in page
    assert "A copy for trying out." in page


def test_webinar_page_without_a_documented_rule_says_that_a_person_decides(client, webinar):
    make_session(webinar, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=1, hours=2))

    assert "A member of staff decides about each registration." in client.get("/webinars/clusters/").text


def test_webinar_page_with_a_list_that_has_ended_says_that_a_person_decides(client, webinar, session):
    Webinar.objects.update(lists_as_of=date(2021, 1, 1))

    assert "A member of staff decides about each registration." in client.get("/webinars/clusters/").text


def test_webinar_page_when_registration_is_closed(client, webinar, session):
    Webinar.objects.update(registration_open=False)

    page = client.get("/webinars/clusters/").text

    assert "Registration is closed." in page
    assert "/register/" not in page


def test_webinar_page_before_registration_opens_says_when(client, webinar, session):
    Webinar.objects.update(registration_opens_at=NOW + timedelta(days=1))

    page = client.get("/webinars/clusters/").text

    assert "Registration opens on Tuesday 21 April 2020, 10:00 (Brussels time)." in page
    assert "/register/" not in page


def test_webinar_page_says_until_when_people_can_register(client, webinar, session):
    Webinar.objects.update(registration_closes_at=NOW + timedelta(days=1))

    page = client.get("/webinars/clusters/").text

    assert "Registration closes on Tuesday 21 April 2020, 10:00 (Brussels time)." in page


@pytest.mark.parametrize(
    ("decide_by", "words"),
    [
        (None, "About all others we decide, and they hear from us by mail."),
        (date(2020, 4, 27), "About all others we decide, and they hear from us by 27 April 2020."),
    ],
)
def test_webinar_page_says_where_the_lists_admit_at_once(decide_by, words, client, webinar, session):
    Webinar.objects.update(auto_approve=True, decide_by=decide_by)

    page = client.get("/webinars/clusters/").text

    assert f"If the lists admit you, you get a place at once, as long as there are any. {words}" in page


def test_home_names_what_opens_soon_apart_from_earlier_webinars(client, webinar, session):
    Webinar.objects.update(registration_opens_at=NOW + timedelta(days=1))
    past = make_webinar(slug="past", title="Past", registration_open=False)
    make_session(past, starts_at=NOW - timedelta(days=1), ends_at=NOW)

    page = " ".join(client.get("/").text.split())

    soon = "registration opens on Tuesday 21 April 2020, 10:00 (Brussels time)"
    assert f'<li><a href="/webinars/clusters/" lang="en">Clusters respond</a> ({soon})</li>' in page
    assert page.count('href="/webinars/clusters/"') == 1
    assert '<li><a href="/webinars/past/" lang="en">Past</a></li>' in page
    assert "No webinar is open" not in page


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        pytest.param({"state": SessionState.CANCELLED}, "cancelled", id="cancelled"),
        pytest.param({"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, "over", id="over"),
    ],
)
def test_webinar_page_says_how_a_session_stands(client, webinar, fields, word):
    make_session(webinar, **fields)

    page = client.get("/webinars/clusters/").text

    assert f"{word}</span>" in page
    assert "Save the date" not in page
    assert "Registration is closed." in page
    assert '<ul class="when">' not in page


def test_webinar_page_without_sessions_opens(client, webinar):
    assert client.get("/webinars/clusters/").status_code == 200


def test_webinar_page_escapes_texts(client, webinar, session):
    Webinar.objects.update(
        title="<script>1</script>", purpose="<script>2</script>", notice="<script>3</script>"
    )

    assert "<script>1" not in (page := client.get("/webinars/clusters/").text)
    assert "<script>2" not in page
    assert "<script>3" not in page


def test_webinar_unknown_is_not_found(client, db):
    response = client.get("/webinars/unknown/")

    assert response.status_code == 404
    assert "There is nothing at this address." in response.text


def test_agenda_not_published_yet(client, webinar):
    assert "The agenda is not published yet." in client.get("/webinars/clusters/agenda/").text


def test_agenda_first_version_has_no_changes(client, webinar, session, approver):
    publish_agenda(webinar, approver, 1, agenda_line("Introduction", speakers="Ulla Engelmann"))

    page = client.get("/webinars/clusters/agenda/").text

    assert "Version 1, published on 20 April 2020." in page
    assert "Ulla Engelmann" in page
    assert "What changed" not in page
    assert "Earlier versions" not in page


@pytest.mark.parametrize("page", ["/webinars/clusters/agenda/", "/webinars/clusters/"])
def test_agenda_has_the_day_of_each_session_once_as_it_is_now(client, webinar, session, approver, page):
    publish_agenda(webinar, approver, 1, agenda_line("Introduction"), agenda_line("Cases", "11:00"))
    publish_agenda(webinar, approver, 2, agenda_line("Introduction"))
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.save()

    agenda = client.get(page).text.partition("Agenda</h")[2]

    when = '<p class="when"><time datetime="2020-04-29T10:30:00+02:00" data-ends="2020-04-29T12:30:00+02:00">'
    assert agenda.count(when) == 1


def test_agenda_says_what_changed(client, webinar, session, approver, django_assert_num_queries):
    publish_agenda(webinar, approver, 1, agenda_line("Introduction"), agenda_line("Cases", "11:00"))
    publish_agenda(webinar, approver, 2, agenda_line("Introduction", "10:35"), agenda_line("Discussion", ""))

    with django_assert_num_queries(3):
        response = client.get("/webinars/clusters/agenda/")

    changes = response.context["newest"].changes
    assert changes.added == (agenda_line("Discussion", ""),)
    assert changes.removed == (agenda_line("Cases", "11:00"),)
    assert changes.changed == ((agenda_line("Introduction"), agenda_line("Introduction", "10:35")),)
    assert '<strong>New:</strong> <span lang="en">Discussion' in response.text


def test_agenda_shows_every_earlier_version_and_what_changed_in_it(client, webinar, session, approver):
    publish_agenda(webinar, approver, 1, agenda_line("Introduction"), agenda_line("Cases", "11:00"))
    publish_agenda(webinar, approver, 2, agenda_line("Introduction"), agenda_line("Cases", "11:15"))
    publish_agenda(webinar, approver, 3, agenda_line("Introduction"))

    response = client.get("/webinars/clusters/agenda/")

    headings = re.findall(r"<h([1-4])>(?!\s*<)(.*?)</h\1>", response.text)
    assert headings == [
        ("1", "Agenda"),
        ("2", "The agenda now"),
        ("3", "Session 1: Supply chains"),
        ("2", "What changed since version 2"),
        ("2", "Earlier versions"),
        ("3", "Version 2, published on 20 April 2020"),
        ("4", "Session 1: Supply chains"),
        ("3", "Version 1, published on 20 April 2020"),
        ("4", "Session 1: Supply chains"),
    ]
    assert [version.changes and version.changes.changed for version in response.context["earlier"]] == [
        ((agenda_line("Cases", "11:00"), agenda_line("Cases", "11:15")),),
        None,
    ]
    assert re.findall(r"<summary>(.*?)</summary>", response.text) == [
        "Version 2 in full",
        "Version 1 in full",
    ]
    assert response.text.count("Cases") == 5  # gone; changed, before, in full; in full


@pytest.mark.parametrize("versions", [1, 3])
def test_agenda_takes_three_queries_however_many_versions(
    versions, client, webinar, session, approver, django_assert_num_queries
):
    for number in range(1, versions + 1):
        publish_agenda(webinar, approver, number, agenda_line(f"Version {number}"))

    with django_assert_num_queries(3):
        client.get("/webinars/clusters/agenda/")


def test_webinar_page_shows_the_newest_agenda(client, webinar, session, approver):
    publish_agenda(webinar, approver, 1, agenda_line("Old"))
    publish_agenda(webinar, approver, 2, agenda_line("New"))

    page = client.get("/webinars/clusters/").text

    assert (
        '<strong><time datetime="2020-04-28T10:30:00+02:00" data-own="clock">10:30</time></strong> New'
        in page
    )
    assert "Old" not in page


@pytest.mark.parametrize("address", ["/", "/webinars/clusters/", "/webinars/clusters/agenda/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_page_to_read_takes_no_other_method(client, webinar, session, address, method):
    response = getattr(client, method)(address)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "Nothing was changed." in response.text


def test_page_to_read_answers_head(client, webinar, session):
    assert client.head("/webinars/clusters/").status_code == 200


def test_webinar_over_groups_by_its_first_session(client, webinar, session):
    undated = make_undated_session(webinar, state=SessionState.CANCELLED)

    response = client.get("/webinars/clusters/")

    assert undated in response.context["sessions"]
    assert response.context["as_of"] == ENDS.date()


def test_eligibility_leads_to_the_day_of_the_open_webinar(client, session):
    response = client.get("/eligibility/")

    assert (response.status_code, response.headers["Location"]) == (302, "/eligibility/?on=2020-04-28")
    assert "28 April 2020" in client.get(response.headers["Location"]).text


def test_eligibility_of_another_day_stays_there(client, session):
    response = client.get("/eligibility/?on=2020-07-23")

    assert response.status_code == 200
    assert "23 July 2020" in response.text


def test_eligibility_without_an_open_webinar_shows_today(client, session):
    Webinar.objects.update(registration_open=False)

    response = client.get("/eligibility/")

    assert response.status_code == 200
    assert "20 April 2020" in response.text
