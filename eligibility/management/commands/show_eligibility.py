"""Command: say who may take part, step by step."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility import register, rules
from eligibility.countries import normalise
from eligibility.explain import explain
from webinar_site.foundation import days


class Command(BaseCommand):
    """Print the verdict on one country on one day, with every step of the reasoning."""

    help = "Say whether an organisation established in a country may take part, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the country and the day."""
        parser.add_argument("country", metavar="CODE", help="an ISO or EU code, or a name in English")
        parser.add_argument("--on", metavar="DATE", help="the Brussels day, YYYY-MM-DD (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Assess and print."""
        try:
            country = normalise(options["country"])
        except rules.UnknownCountry as error:
            raise CommandError(f"No country is known as “{options['country']}”.") from error
        try:
            day = days.parse_day(options["on"]) if options["on"] else days.today()
        except days.NotADay as error:
            raise CommandError(f"“{options['on']}” is no day: write it as YYYY-MM-DD.") from error
        for sentence in explain(rules.assess(country, day, register.current())):
            self.stdout.write(sentence)
