#!/usr/bin/env python3
"""Run Django's commands for this site."""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(f"This site needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
