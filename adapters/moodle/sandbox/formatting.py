"""How Moodle shows text and times in answers.

Stored text is formatted unless the request asked for it raw. Only what the sandbox
serves is done: no filters and no languages besides English.
"""

import html
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.tables import Row

FORMAT_MOODLE, FORMAT_HTML, FORMAT_PLAIN, FORMAT_MARKDOWN = 0, 1, 2, 4
_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z0-9#]{1,8};)")
_TAG = re.compile(r"<(?![ \t\n\r\v\f])[^>]*>?")


def show_string(call: Call, text: str) -> str:
    """Return a name as shown: tags gone, bare ampersands and brackets escaped."""
    if call.wants_raw_text:
        return text
    escaped = _BARE_AMPERSAND.sub("&amp;", text)
    return _TAG.sub("", escaped).replace("<", "&lt;").replace(">", "&gt;")


def show_text(call: Call, text: str, text_format: int) -> tuple[str, int]:
    """Return a description and its format as shown."""
    if text == "" or call.wants_raw_text:
        return text, text_format
    if text_format == FORMAT_PLAIN:
        shown = html.escape(text, quote=True).replace("  ", "&nbsp; ")
        return shown.replace("\n", "<br />\n"), FORMAT_HTML
    if text_format == FORMAT_MARKDOWN:
        shown = text if text.startswith("<") else f"<p>{text}</p>"
        return f"{shown}\n", FORMAT_HTML
    if text_format == FORMAT_MOODLE:
        return text.replace("\n", "<br />\n"), FORMAT_HTML
    return text, FORMAT_HTML


def show_described(call: Call, row: Row, *names: str) -> Row:
    """Return the row with its names and its description as shown."""
    shown = {name: show_string(call, row[name]) for name in names}
    text, text_format = show_text(call, row["description"], row["descriptionformat"])
    return {**row, **shown, "description": text, "descriptionformat": text_format}


def _local(call: Call, moment: int) -> datetime:
    zone = ZoneInfo(call.site.time_zone)
    return datetime.fromtimestamp(moment, UTC).astimezone(zone)


def show_short_time(call: Call, moment: int) -> str:
    """Return an instant as short as an English account sees it, seconds included."""
    return f"{_local(call, moment):%d/%m/%y, %H:%M:%S}"


def show_time(call: Call, moment: int) -> str:
    """Return an instant in the words of an English account."""
    local = _local(call, moment)
    hour = local.hour % 12 or 12
    half = "AM" if local.hour < 12 else "PM"
    return f"{local:%A}, {local.day} {local:%B} {local.year}, {hour}:{local:%M} {half}"
