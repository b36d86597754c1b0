"""Logging as one line of JSON per event, with what could identify a person masked."""

import json
import logging
import re
from datetime import UTC, datetime

TOKEN = re.compile(r"/(r|join|confirm)/[^/\s?#\"']+")
ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]]+@[^\s<>\"'(),:;=\[\]]+")
EXTRAS = ("status", "milliseconds")


def mask(text: str) -> str:
    """Return the text with personal links' tokens and mail addresses replaced by ***."""
    return ADDRESS.sub("***@***", TOKEN.sub(r"/\1/***", text))


class JsonFormatter(logging.Formatter):
    """Write time (UTC), level, logger and masked message, and the trace of an exception, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
