"""Rate limits: never more in a minute, whoever sends; other domains go on; nothing is counted or overtaken."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from registrations import mails, outbox, rate_limits
from registrations.delivery import Delivered
from registrations.models import BulkJob, MailRate, OutgoingMail, Registration
from tests.registrations.factories import at_once, drain, make_registration, make_webinar

pytestmark = pytest.mark.django_db

START = datetime(2020, 4, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def webinar(db):
    return make_webinar()


@pytest.fixture
def clock():
    """Stop the clock, to be moved on by the test."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def due_mails(webinar, count, domain="example.org"):
    """Write one due mail each to so many people at a domain."""
    made = []
    for number in range(count):
        person = make_registration(webinar, email=f"p{OutgoingMail.objects.count()}.{number}@{domain}")
        mail = mails.confirm_address(person, START)
        mail.save()
        made.append(mail)
    return made


def waiting():
    """Return what is put off: recipient's domain, attempts, and how many seconds from the start it is due."""
    rows = OutgoingMail.objects.filter(due_at__isnull=False).order_by("pk")
    return [
        (rate_limits.domain_of(row.recipient), row.attempts, int((row.due_at - START).total_seconds()))
        for row in rows
    ]


def test_without_limits_nothing_is_counted(webinar, mail_server, clock):
    due_mails(webinar, 3)

    assert drain() == Delivered(sent=3)

    assert not MailRate.objects.exists()


def test_limit_over_all_puts_the_rest_off_uncounted(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 2
    due_mails(webinar, 2, "a.example")
    due_mails(webinar, 3, "b.example")

    assert drain() == Delivered(sent=2)

    assert waiting() == [("b.example", 0, 61)] * 3


def test_limit_per_domain_lets_other_domains_go_on(webinar, mail_server, clock, settings):
    settings.MAIL_RATE_PER_DOMAIN = 1
    due_mails(webinar, 3, "a.example")
    due_mails(webinar, 1, "b.example")
    due_mails(webinar, 1, "sub.a.example")

    assert drain() == Delivered(sent=3)

    assert waiting() == [("a.example", 0, 61)] * 2


def test_limits_hold_together(webinar, mail_server, clock, settings):
    settings.MAIL_RATE, settings.MAIL_RATE_PER_DOMAIN = 3, 2
    due_mails(webinar, 3, "a.example")
    due_mails(webinar, 3, "b.example")

    assert drain() == Delivered(sent=3)

    assert waiting() == [("a.example", 0, 61), ("b.example", 0, 61), ("b.example", 0, 61)]


def test_limit_counts_a_domain_however_it_is_written(webinar, mail_server, clock, settings):
    settings.MAIL_RATE_PER_DOMAIN = 1
    due_mails(webinar, 1, "example.org")
    due_mails(webinar, 1, "Example.ORG")

    assert drain() == Delivered(sent=1)


def test_limit_holds_in_any_minute_and_not_only_in_those_of_the_clock(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 2
    due_mails(webinar, 6)
    sent = []
    for second in (0, 59, 60, 61, 62, 121, 122, 123):
        clock.move_to(START + timedelta(seconds=second))
        OutgoingMail.objects.filter(due_at__isnull=False).update(due_at=START)
        sent += [second] * drain().sent

    assert sent == [0, 0, 61, 61, 122, 122]


def test_limit_frees_as_much_as_has_left_a_minute_ago(webinar, mail_server, clock, settings):
    settings.MAIL_RATE_PER_DOMAIN = 2
    due_mails(webinar, 1)
    drain()
    clock.shift(timedelta(seconds=30))
    due_mails(webinar, 3)

    drain()

    assert waiting() == [("example.org", 0, 61)] * 2
    clock.move_to(START + timedelta(seconds=61))
    assert drain() == Delivered(sent=1)
    assert waiting() == [("example.org", 0, 91)]


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(["FAß.example", "faß.example", "xn--fa-hia.example"], id="sharp s"),
        pytest.param(["BÜCHER.example", "bücher.example", "XN--bcher-kva.example"], id="capitals"),
        pytest.param(["A.example.", "a.example", "a.EXAMPLE"], id="dot at the end"),
    ],
)
def test_limit_counts_a_domain_once_however_it_is_written(webinar, mail_server, clock, settings, spellings):
    settings.MAIL_RATE_PER_DOMAIN = 1
    for spelling in spellings:
        due_mails(webinar, 1, spelling)

    assert drain() == Delivered(sent=1)  # and comes to an end

    left = OutgoingMail.objects.filter(state="waiting")
    assert [row.due_at - START for row in left] == [timedelta(seconds=61)] * 2


def test_limit_counts_what_cannot_be_a_domain_as_it_is_written():
    assert rate_limits.domain_of("Ada@Exa..mple") == "exa..mple"


def test_limit_counts_every_attempt(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 2
    due_mails(webinar, 2)
    mail_server.for_recipients.append("451 4.3.0 later")
    drain()
    clock.shift(timedelta(seconds=5))

    assert drain() == Delivered()

    assert waiting() == [("example.org", 1, 61)]


def test_limit_keeps_the_order_of_one_registration(webinar, mail_server, clock, settings):
    settings.MAIL_RATE_PER_DOMAIN = 2
    person = make_registration(webinar)
    written = []
    for number in range(5):
        mail = mails.confirm_address(person, START)
        mail.dedupe_key += f":{number}"
        mail.save()
        written.append(mail.message_id.encode())
    for _round in range(3):
        drain()
        clock.shift(timedelta(seconds=61))

    arrived = [message_id for got in mail_server.received for message_id in written if message_id in got.data]
    assert arrived == written


def test_mail_put_off_by_a_limit_is_not_late_before_its_turn(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 1
    due_mails(webinar, 2)
    clock.shift(timedelta(minutes=20))
    drain()
    turn = START + timedelta(minutes=20, seconds=61)

    late = [OutgoingMail.objects.late(turn + timedelta(minutes=minutes)).count() for minutes in (0, 15, 16)]

    assert late == [0, 0, 1]


def test_limit_leaves_alone_what_another_worker_is_sending(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 1
    first, second, third = due_mails(webinar, 3)
    lease = START + timedelta(minutes=2)
    OutgoingMail.objects.filter(pk=second.pk).update(state="sending", due_at=lease)

    drain()

    assert OutgoingMail.objects.get(pk=second.pk).due_at == lease
    assert OutgoingMail.objects.get(pk=third.pk).due_at == START + timedelta(seconds=61)
    assert OutgoingMail.objects.get(pk=first.pk).state == "sent"


def test_limit_puts_everything_off_in_a_fixed_number_of_queries(
    webinar, clock, settings, django_assert_num_queries
):
    settings.MAIL_RATE_PER_DOMAIN = 1
    rate_limits.take("ada@example.org", START)
    due_mails(webinar, 20)
    full = rate_limits.take("ada@example.org", START)

    with django_assert_num_queries(3) as queries:  # one update, in a transaction of its own
        assert rate_limits.put_off(full, START) == 20

    skips = connection.features.has_select_for_update_skip_locked
    assert ("SKIP LOCKED" in queries.captured_queries[1]["sql"]) == skips


def test_domains_are_forgotten_after_an_hour(webinar, mail_server, clock, settings):
    settings.MAIL_RATE_PER_DOMAIN = 5
    due_mails(webinar, 1, "a.example")
    drain()
    clock.shift(timedelta(minutes=61))
    due_mails(webinar, 1, "b.example")

    drain()

    assert [rate.domain for rate in MailRate.objects.all()] == ["b.example"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"MAIL_RATE": 5}, id="over all"),
        pytest.param({"MAIL_RATE_PER_DOMAIN": 5}, id="per domain"),
        pytest.param({"MAIL_RATE": 8, "MAIL_RATE_PER_DOMAIN": 5}, id="both"),
    ],
)
def test_limit_holds_over_workers_that_send_at_once(webinar, mail_server, settings, limits):
    for setting, limit in limits.items():
        setattr(settings, setting, limit)
    for _number in range(10):
        due_mails(webinar, 1, "a.example")
        due_mails(webinar, 1, "b.example")

    ended = at_once(*[drain] * 4)

    domains = [rate_limits.domain_of(received.recipients[0]) for received in mail_server.received]
    expected = limits.get("MAIL_RATE", 2 * limits.get("MAIL_RATE_PER_DOMAIN", 0))
    assert (len(ended), len(domains)) == (4, expected)
    if per_domain := limits.get("MAIL_RATE_PER_DOMAIN"):
        assert max(domains.count("a.example"), domains.count("b.example")) <= per_domain
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {("sent", 1), ("waiting", 0)}


def bulk(webinar, count):
    """Write what a job tells so many people at once, all due."""
    job = BulkJob.objects.create(kind=BulkJob.Kind.AGENDA, created_at=START)
    values = Registration.objects.filter(pk=make_registration(webinar).pk).values().get()
    del values["id"]
    people = [
        Registration(**values | {"reference": f"R{number}", "email_key": f"{number}", "confirm_token": f"c{number}",
                                 "manage_token": f"m{number}", "email": f"p{number}@example.org"})
        for number in range(count)
    ]  # fmt: skip
    Registration.objects.bulk_create(people)
    first = mails.manage_link(people[0], START)
    outbox.post(
        OutgoingMail(
            kind=first.kind, registration=person, recipient=person.email, language="en", facts=first.facts,
            dedupe_key=f"bulk:{person.pk}", message_id=f"<{person.pk}@example.eu>", created_at=START, due_at=START, job=job,
        )
        for person in people
    )  # fmt: skip
    return people


@pytest.mark.parametrize(
    "limits", [{"MAIL_RATE": 10}, {"MAIL_RATE_PER_DOMAIN": 10}], ids=["over all", "per domain"]
)
def test_people_are_served_before_5000_mails_of_a_job(webinar, mail_server, clock, settings, limits):
    for setting, limit in limits.items():
        setattr(settings, setting, limit)
    bulk(webinar, 5_000)
    drain()  # the first ten are a job's, and all others are put off
    clock.shift(timedelta(seconds=30))
    waiting_people = [make_registration(webinar) for _person in range(3)]
    outbox.post([mails.confirm_address(person, timezone.now()) for person in waiting_people])
    drain()
    clock.move_to(START + timedelta(seconds=61))

    assert drain() == Delivered(sent=10)

    last = [received.recipients[0] for received in mail_server.received[10:]]
    assert last[:3] == [person.email for person in waiting_people]
    assert len({*last}) == 10


def test_person_whose_earlier_mail_is_a_jobs_is_served_with_it(webinar, mail_server, clock, settings):
    settings.MAIL_RATE = 2
    person = bulk(webinar, 50)[40]
    outbox.post([mails.confirm_address(person, START)])

    drain()

    assert [received.recipients for received in mail_server.received] == [(person.email,)] * 2
    kinds = OutgoingMail.objects.filter(registration=person).order_by("pk").values_list("kind", "state")
    assert list(kinds) == [("manage_link", "sent"), ("confirm_address", "sent")]
