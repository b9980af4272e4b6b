"""What the site tells of its settings and text filters to any account."""

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.errors import coding_error
from adapters.moodle.sandbox.tables import Row


@serves("tool_mobile_get_config")
def get_config(call: Call) -> Row:
    """Return settings of the site; only a call for all sections is served."""
    if call.arguments["section"]:
        raise coding_error("the sandbox serves no single section")
    settings = call.state.settings.items()
    return {
        "settings": [{"name": name, "value": value} for name, value in settings],
        "warnings": [],
    }


@serves("core_filters_get_available_in_context")
def get_filters(call: Call) -> Row:
    """Return the text filters that are on; the system context itself is refused."""
    filters = []
    for place in call.arguments["contexts"]:
        if place["contextlevel"] == "system":
            raise coding_error(
                "filter_get_available_in_context cannot be called with the system "
                "context."
            )
        context = call.context_from(place)
        filters += [
            {**place, "contextid": context["id"], "filter": name}
            | {"localstate": 0, "inheritedstate": 1}
            for name in sorted(call.state.filters)
        ]
    return {"filters": filters, "warnings": []}
