"""What an account chose and Moodle keeps, as far as others read it: filters of reports.

Values are stored as JSON in PHP's form, cut into pieces that a column can hold.
"""

import json

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.errors import no_permission
from adapters.moodle.sandbox.tables import Row

_PIECE = 1333


@serves("core_user_get_user_preferences")
def get_user_preferences(call: Call) -> Row:
    """Return one preference of the account itself, or all of them."""
    name = call.arguments["name"]
    if call.arguments["userid"] not in (0, call.user_id):
        raise no_permission("Change site configuration")
    # Since 5.0 the filters of reports are no preferences any more.
    filters = call.state.report_filters if call.site.release == "4.5" else {}
    kept = {
        f"reportbuilder-report-{report_id}-{index}": piece
        for (user_id, report_id), values in filters.items()
        if user_id == call.user_id
        for index, piece in enumerate(_pieces(values))
    }
    shown = {name: kept.get(name)} if name else kept
    preferences = [{"name": each, "value": value} for each, value in shown.items()]
    return {"preferences": preferences, "warnings": []}


def _pieces(values: Row) -> list[str]:
    # An empty map is an empty list to PHP, and slashes are escaped.
    text = json.dumps(values, separators=(",", ":")).replace("/", "\\/")
    text = text if values else "[]"
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
