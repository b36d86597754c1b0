"""What watches the site asks: alive, ready, and numbers for Prometheus."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from registrations.models import OutgoingMail, Registration, is_late
from webinar_site.celery import app as celery_app


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that this process serves; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database is there, takes writes and is migrated, else 503.

    The broker and the mail are reported only: without them the site still takes registrations.
    """
    report: dict[str, object] = {"database": False, "migrated": False, "broker": broker_answers()}
    try:
        report["migrated"] = is_migrated()
        require_writes()
        report["database"] = True
        if report["migrated"]:
            mail = waiting_mail()
            report["oldest_waiting_mail_seconds"] = round(mail.oldest.total_seconds())
            report["late_mails"] = mail.late
    except DatabaseError:
        pass  # the report says so
    return JsonResponse(report, status=200 if report["database"] and report["migrated"] else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the numbers in Prometheus' format, to those who may see them."""
    if not may_see_metrics(request):
        return HttpResponseForbidden("Ask from this machine, or with METRICS_TOKEN as bearer token.\n")
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_see_metrics(request: HttpRequest) -> bool:
    """Tell whether the request carries METRICS_TOKEN or, where none is set, comes from this machine itself."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # An untrusted proxy on this machine would make every visitor look local.
    forwarded = "X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXIES
    return not forwarded and is_this_machine(request.META["REMOTE_ADDR"])


def is_this_machine(address: str) -> bool:
    """Tell whether the address is a loopback address; what is no address is none."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def broker_answers() -> bool:
    """Tell whether a message would reach the broker now."""
    try:
        with celery_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except (OperationalError, OSError):
        return False
    return True


def is_migrated() -> bool:
    """Tell whether every migration of this code has been applied; raise DatabaseError without a database."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def require_writes() -> None:
    """Raise DatabaseError where the database takes no writes; nothing is changed, because no row has that number."""
    MigrationRecorder.Migration.objects.filter(pk=0).update(name="")


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """The mails that are neither sent nor given up: how long the oldest was to be gone, and how many are late."""

    oldest: timedelta
    late: int


def waiting_mail() -> WaitingMail:
    """Return what waits, in one query; what is not to go yet counts as no wait."""
    now = timezone.now()
    found = OutgoingMail.objects.unfinished().aggregate(
        oldest=Min(Coalesce("planned_at", "created_at")), late=Count("pk", filter=is_late(now))
    )
    return WaitingMail(oldest=max(now - (found["oldest"] or now), timedelta(0)), late=found["late"])


class DatabaseCollector(Collector):
    """Gauges read from the database at scrape time: right with any number of processes."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the gauges."""
        yield count_by_state("webinar_mails", "Mails by state.", OutgoingMail.objects.all())
        yield count_by_state("webinar_registrations", "Registrations by state.", Registration.objects.all())
        mail = waiting_mail()
        yield GaugeMetricFamily(
            "webinar_oldest_waiting_mail_seconds",
            "How long ago the oldest mail that is neither sent nor given up was to go.",
            value=mail.oldest.total_seconds(),
        )
        yield GaugeMetricFamily(
            "webinar_late_mails",
            "Mails that were to go more than 15 minutes ago and are neither sent nor given up.",
            value=mail.late,
        )
        yield GaugeMetricFamily(
            "webinar_returned_mails",
            "Mails that came back within the last hour, their addresses not being the reason.",
            value=OutgoingMail.objects.returned_lately(timezone.now()).count(),
        )


def count_by_state(name: str, documentation: str, rows: QuerySet[Any]) -> GaugeMetricFamily:
    """Return a gauge of how many rows are in each state; states without rows count 0."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    gauge = GaugeMetricFamily(name, documentation, labels=["state"])
    for state, _label in rows.model._meta.get_field("state").choices:
        gauge.add_metric([state], counts.get(state, 0))
    return gauge
