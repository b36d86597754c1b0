"""What stands in the facts of mails: rows as they were written before there were records for them, and older ones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from registrations.mails import appointment_of, facts_of, is_cancellation, wording_for
from registrations.mails.editor_texts import MailWords
from registrations.mails.facts import OWN_FACTS
from registrations.models import MailKind, OutgoingMail
from tests.registrations.mails.cases import every_mail

# One row of each shape, as a run of the tests wrote them into the database.
ROWS = [json.loads(line) for line in Path(__file__).with_name("mail_rows.jsonl").read_text().splitlines()]
LATER_ADDITIONS = {
    "manage_link": ("nothing_awaited",),
    "received": ("all_closed", "sessions.is_closed"),
    "agenda": ("programme.when",),
    "undecided": ("waitlisted",),
    "follow_up": ("whom",),
    "rejected": ("reason_code",),
    "put_back": ("reason_code",),
    "cancelled": ("reason_code",),
}


def mail_of(row):
    """Return a row's mail, as the database gives it."""
    key = "test:1:20200420" if "test" in row["facts"] else f"{row['kind']}:1"
    return OutgoingMail(kind=row["kind"], language="en", facts=row["facts"], dedupe_key=key)


def ids(rows):
    return [f"{row['kind']}: {', '.join(list(row['facts'])[3:])}" for row in rows]


def test_every_kind_has_a_record_and_a_row_to_prove_it():
    assert set(OWN_FACTS) == set(MailKind)
    assert {row["kind"] for row in ROWS} == set(MailKind)


@pytest.mark.parametrize("row", ROWS, ids=ids(ROWS))
def test_row_is_read_and_written_as_it_is_in_the_database(row):
    facts = facts_of(mail_of(row))

    assert type(facts.own) in OWN_FACTS[row["kind"]]
    assert json.dumps(facts.to_json()) == json.dumps(row["facts"])


@pytest.mark.parametrize("row", ROWS, ids=ids(ROWS))
def test_row_tells_a_calendar_what_stands_in_it(row):
    mail, calendar = mail_of(row), row["facts"].get("calendar")

    told = appointment_of(mail)

    assert (told and told.as_json(), is_cancellation(mail)) == (
        calendar,
        bool(calendar and calendar["method"] == "CANCEL"),
    )


def without(facts, path):
    """Return facts without what stands at a path, in each row of a list."""
    name, _dot, rest = path.partition(".")
    if not rest:
        return {key: value for key, value in facts.items() if key != name}
    return facts | {name: [without(each, rest) for each in facts[name]]}


EARLIER = [(row, path) for row in ROWS for path in LATER_ADDITIONS.get(row["kind"], ())]


@pytest.mark.parametrize(
    ("row", "path"), EARLIER, ids=[f"{row['kind']} without {path}" for row, path in EARLIER]
)
def test_row_from_before_something_was_added_says_the_rest(row, path):
    earlier = mail_of(row | {"facts": without(row["facts"], path)})

    assert earlier.facts != row["facts"]
    assert facts_of(earlier).about == facts_of(mail_of(row)).about
    assert wording_for(earlier).subject == wording_for(mail_of(row)).subject


def test_row_from_before_webinars_had_a_page_that_sends_links_says_the_rest():
    (row,) = [row for row in ROWS if row["kind"] == "waitlisted"]
    webinar = without(row["facts"]["webinar"], "my_link_url")

    earlier = mail_of(row | {"facts": row["facts"] | {"webinar": webinar}})

    assert wording_for(earlier) == wording_for(mail_of(row))


@every_mail
def test_every_mail_is_read_as_it_is_written(registration, seats, method, write):
    mail = write(registration, seats)
    again = OutgoingMail(kind=mail.kind, facts=json.loads(json.dumps(mail.facts)))

    assert facts_of(again) == facts_of(mail)
    assert facts_of(again).to_json() == mail.facts


def test_test_of_a_text_stands_behind_everything_else():
    (row,) = [row for row in ROWS if row["kind"] == "staff_digest" and "test" not in row["facts"]]

    test = replace(facts_of(mail_of(row)), test=MailWords("Hello", "[[waiting]]")).to_json()

    assert list(test.items()) == [
        *row["facts"].items(),
        ("test", {"subject": "Hello", "body": "[[waiting]]"}),
    ]


@pytest.mark.parametrize(("key", "is_test"), [("test:1:20200420", True), ("invitation:1:2", False)])
def test_mail_is_a_test_by_its_key(key, is_test):
    assert OutgoingMail(dedupe_key=key).is_test is is_test


@pytest.mark.parametrize("row", ROWS, ids=ids(ROWS))
def test_row_of_which_nothing_is_left_says_nothing(row):
    wiped = mail_of(row | {"facts": {}})

    assert (appointment_of(wiped), is_cancellation(wiped)) == (None, False)
    with pytest.raises(KeyError):
        facts_of(wiped)
