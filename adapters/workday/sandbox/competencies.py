"""Proficiency rating scales, competency categories and competencies.

The trees come from an older client, so required-ness beyond the schema is checked
only where a rule is known; the strict profile covers the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    Value,
    instance_of,
    instances_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.faults import (
    ValidationFaultError,
    ValidationProblem,
    refuse,
)
from adapters.workday.sandbox.markup import Node, group
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.writing import (
    Put,
    Row,
    Shape,
    finish_put,
    put_response,
    start_put,
)

SCALE = Shape(
    kind="proficiency_rating_scale",
    noun="proficiency rating scale",
    id_type="Rating_Scale_ID",
    reference="Proficiency_Rating_Scale_Reference",
    data="Proficiency_Rating_Scale_Data",
    data_type="Proficiency_Rating_Scale_DataType",
    id_element="Proficiency_Rating_Scale_ID",
    prefix="RATING_SCALE",
    has_effective_date=False,
)
COMPETENCY = Shape(
    kind="competency",
    noun="competency",
    id_type="Competency_ID",
    reference="Competency_Reference",
    data="Competency_Data",
    data_type="Competency_DataType",
    id_element="Competency_ID",
    prefix="COMPETENCY",
)
CATEGORY = Shape(
    kind="competency_category",
    noun="competency category",
    id_type="Competency_Category_ID",
    reference="Competency_Category_Reference",
    data="Competency_Category_Data",
    data_type="Competency_Category_DataType",
    id_element="Code",
    prefix="COMPETENCY_CATEGORY",
    has_effective_date=False,
)
RATING = "proficiency_rating"
_RATINGS = "Proficiency_Rating_Data"
_BEHAVIOURS = "Proficiency_Rating_Behavior_Data"
_RATING_REFERENCE = "Proficiency_Rating_Reference"
_REFERENCE_TYPES = {
    SCALE.kind: "Proficiency_Rating_ScaleObjectType",
    COMPETENCY.kind: "CompetencyObjectType",
    CATEGORY.kind: "Competency_CategoryObjectType",
}


def put_scale(call: Call) -> list[Node]:
    """Create or update a proficiency rating scale; ratings are merged by their ID."""
    put = start_put(call, SCALE)
    sent_ratings = rows_of(put.sent, _RATINGS)
    put.sent.pop(_RATINGS, None)
    document = put.merged()
    _require_name(put, document, "Rating_Scale_Name")
    problems = list(_rating_problems(put, sent_ratings))
    if problems:
        raise ValidationFaultError(problems)
    ratings: list[Value] = [*rows_of(document, _RATINGS)]
    for row in sent_ratings:
        _place_rating(call, ratings, row)
    document[_RATINGS] = ratings
    saved = finish_put(put, document, text_of(document, "Rating_Scale_Name"))
    answered = _reference_response(put, saved)
    data = call.writer.nodes(saved.latest, SCALE.data_type)
    return [*answered, Node(SCALE.data, tuple(data))]


def _rating_problems(put: Put, rows: Iterable[Document]) -> Iterable[ValidationProblem]:
    own = {
        rating.wid
        for row in rows_of(put.existing.latest if put.existing else {}, _RATINGS)
        if (rating := instance_of(row, _RATING_REFERENCE)) is not None
    }
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        path = f"{put.path}/bsvc:{_RATINGS}[{number}]"
        rating_id = text_of(row, "Proficiency_Rating_ID")
        found = _known_rating(put.call, row)
        if found is not None and found.wid not in own:
            yield ValidationProblem(
                f"The Proficiency_Rating_ID '{rating_id}' belongs to another scale.",
                path,
            )
        if rating_id and rating_id in seen:
            yield ValidationProblem(
                f"The Proficiency_Rating_ID '{rating_id}' occurs more than once.", path
            )
        seen.add(rating_id)
        if found is None and not text_of(row, "Rating"):
            yield ValidationProblem("A Rating is required.", f"{path}/bsvc:Rating[1]")


def _known_rating(call: Call, row: Document) -> Instance | None:
    referenced = instance_of(row, _RATING_REFERENCE)
    if referenced is not None:
        return referenced
    return call.store.find(
        "Proficiency_Rating_ID", text_of(row, "Proficiency_Rating_ID")
    )


def _place_rating(call: Call, ratings: list[Value], row: Document) -> None:
    rating = _known_rating(call, row)
    rating_id = text_of(row, "Proficiency_Rating_ID")
    if rating is None:
        rating_id = rating_id or call.tenant.next_id("PROFICIENCY_RATING")
        rating = call.store.add(RATING, {"Proficiency_Rating_ID": rating_id})
    elif rating_id and rating.reference_ids["Proficiency_Rating_ID"] != rating_id:
        call.store.rename(rating, "Proficiency_Rating_ID", rating_id)
    row[_RATING_REFERENCE] = rating
    row["Proficiency_Rating_ID"] = rating.reference_ids["Proficiency_Rating_ID"]
    for position, known in enumerate(ratings):
        if isinstance(known, dict) and known.get(_RATING_REFERENCE) is rating:
            ratings[position] = {**known, **row}
            break
    else:
        ratings.append(row)
    rating.descriptor = text_of(row, "Rating") or rating.descriptor


def put_category(call: Call) -> list[Node]:
    """Create or update a competency category; its Code is its ID."""
    put = start_put(call, CATEGORY)
    put.sent.pop("Usage_Count", None)
    document = put.merged()
    _require_name(put, document, "Name")
    saved = finish_put(put, document, text_of(document, "Name"))
    return _reference_response(put, saved)


def put_competency(call: Call) -> list[Node]:
    """Create or update a competency; behaviours, when sent, replace all behaviours."""
    put = start_put(call, COMPETENCY)
    document = put.merged()
    _require_name(put, document, "Competency_Name")
    problems = list(_behaviour_problems(put, document))
    if problems:
        raise ValidationFaultError(problems)
    saved = finish_put(put, document, text_of(document, "Competency_Name"))
    return _reference_response(put, saved)


def _reference_response(put: Put, saved: Instance) -> list[Node]:
    type_name = _REFERENCE_TYPES[put.shape.kind]
    return put_response(put, saved, put.shape.reference, type_name)


def _behaviour_problems(put: Put, document: Document) -> Iterable[ValidationProblem]:
    scale = instance_of(document, "Proficiency_Rating_Scale_Reference")
    on_scale = {
        rating.wid
        for row in rows_of(scale.latest if scale else {}, _RATINGS)
        if (rating := instance_of(row, _RATING_REFERENCE)) is not None
    }
    seen: set[str] = set()
    for number, row in enumerate(rows_of(document, _BEHAVIOURS), 1):
        rating = instance_of(row, _RATING_REFERENCE)
        path = f"{put.path}/bsvc:{_BEHAVIOURS}[{number}]"
        if rating is None:
            yield ValidationProblem("A Proficiency_Rating_Reference is required.", path)
        elif rating.wid not in on_scale:
            yield ValidationProblem(
                f"The proficiency rating '{rating.descriptor}' is not on the scale of "
                "the competency.",
                path,
            )
        elif rating.wid in seen:
            yield ValidationProblem(
                f"The proficiency rating '{rating.descriptor}' occurs more than once.",
                path,
            )
        seen.add(rating.wid if rating else "")


def _require_name(put: Put, document: Document, name: str) -> None:
    if not text_of(document, name):
        raise refuse(
            f"A {name} is required for the {put.shape.noun}.",
            f"{put.path}/bsvc:{name}[1]",
        )


def get_scales(call: Call) -> list[Node]:
    """Read proficiency rating scales with their ratings."""
    shows_reference = Flags(call).wants("Include_Proficiency_Rating_Reference")

    def shown(_instance: Instance, document: Document) -> Document:
        if shows_reference:
            return document
        rows: list[Value] = [
            {key: value for key, value in row.items() if key != _RATING_REFERENCE}
            for row in rows_of(document, _RATINGS)
        ]
        return {**document, _RATINGS: rows}

    return _get(call, SCALE, shown)


def get_competencies(call: Call) -> list[Node]:
    """Read competencies with their behaviours."""
    return _get(call, COMPETENCY, lambda _instance, document: document)


def get_categories(call: Call) -> list[Node]:
    """Read competency categories with the number of competencies in each."""
    counts: Counter[str] = Counter(
        category.wid
        for competency in call.store.of_kind(COMPETENCY.kind)
        if competency.versions
        for category in instances_of(competency.latest, CATEGORY.reference)
    )

    def shown(instance: Instance, document: Document) -> Document:
        return {**document, "Usage_Count": str(counts[instance.wid])}

    return _get(call, CATEGORY, shown)


def _get(
    call: Call, shape: Shape, shown: Callable[[Instance, Document], Document]
) -> list[Node]:
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call).instances
    chosen = call.store.of_kind(shape.kind) if asked is None else asked
    rows = call.store.view_all(chosen, window.effective, window.entered)
    has_reference = shape is not COMPETENCY or flags.wants("Include_Reference")

    def write(row: Row) -> Node:
        instance, document = row
        reference = call.writer.reference(
            shape.reference, instance, _REFERENCE_TYPES[shape.kind]
        )
        data = call.writer.nodes(shown(instance, document), shape.data_type)
        return group(
            shape.data.removesuffix("_Data"),
            (reference if has_reference else None, Node(shape.data, tuple(data))),
        )

    return answer(call, window, rows, write)
