"""The plan as JSON: for a file, for `--json`, for the journal.

The journal keeps every value. Everywhere else personal and pay values are hidden
from who has no right to them; the fingerprint still covers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
)

from connector.kit.errors import ConfigError, Problem
from connector.kit.values import (
    ManualStep,
    Operation,
    Privacy,
    Ref,
    fields_to_json,
    value_from_json,
    value_to_json,
)
from connector.store.values import Base, Link
from connector.sync.plan import (
    Census,
    Change,
    FieldChange,
    Finding,
    FindingKind,
    LeftReview,
    Plan,
    PlanTask,
    Refusal,
    Waiting,
)

_EVERYTHING = frozenset(Privacy)


def plan_to_json(
    plan: Plan, may_see: frozenset[Privacy] = _EVERYTHING
) -> dict[str, Any]:
    """Return a plan's JSON form, values hidden that the reader may not see."""
    data = _PlanSchema().dump(plan)
    data["planned"] = len(plan.changes)
    if may_see == _EVERYTHING:
        return dict(data)
    for name in ("records", "forgotten", "remote_ids"):
        del data[name]
    for change in (*data["changes"], *(item["change"] for item in data["waiting"])):
        _hide_change(change, may_see)
    for finding in data["findings"]:
        _hide(finding, ("desired", "target"), may_see)
    for task in data["tasks"]:
        if (privacy := Privacy(task["privacy"])) not in may_see:
            task["values"] = dict.fromkeys(task["values"], hidden(privacy))
    return dict(data)


def hidden(privacy: Privacy) -> str:
    """Return what stands in the place of a value that the reader may not see."""
    return f"<hidden: {privacy.value}, changed>"


def _hide_change(change: dict[str, Any], may_see: frozenset[Privacy]) -> None:
    del change["record"]
    for item in change["fields"]:
        _hide(item, ("before", "after", "sent"), may_see)


def _hide(
    holder: dict[str, Any], names: tuple[str, ...], may_see: frozenset[Privacy]
) -> None:
    privacy = Privacy(holder["privacy"])
    if privacy not in may_see:
        holder.update(dict.fromkeys(names, hidden(privacy)))


def plan_from_json(data: Mapping[str, Any], place: str = "plan") -> Plan:
    """Return the plan of a JSON form.

    Raises:
        ConfigError: the form is none that `plan_to_json` writes.
    """
    try:
        loaded = _PlanSchema().load(data)
    except ValidationError as error:
        raise ConfigError(
            f"{place} is no plan of this connector",
            hint="Make it anew with `jobframe plan --out FILE`.",
            problems=[
                Problem(f"{place}: {name}", str(what))
                for name, what in sorted(_by_member(error).items())
            ],
        ) from error
    assert isinstance(loaded, Plan)  # noqa: S101 - made by the schema
    return loaded


def _by_member(error: ValidationError) -> dict[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"": messages}


class _ValueField(fields.Field[Any]):
    """A record's value."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value_to_json(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return _value(value)


class _RecordField(fields.Dict):
    """A record's values by name; there are many, so they are written without asking."""

    def __init__(self) -> None:
        super().__init__(keys=fields.String(), values=_ValueField(allow_none=True))

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return fields_to_json(value)


def _value(data: Any) -> Any:
    """Return the value of a JSON form, whatever is wrong with it as one error."""
    try:
        return value_from_json(data)
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        message = "this is no value of a record"
        raise ValidationError(message) from error


class _RefField(fields.Field[Any]):
    """A reference to a record, as `[kind, key]`."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return [value.kind, value.key]

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        match value:
            case [str(kind), str(key)]:
                return Ref(kind, key)
        message = "a reference is written [kind, key]"
        raise ValidationError(message)


class _Strict(Schema):
    """A schema that makes one of our values; what it does not know it passes over."""

    class Meta:
        """Derived members, such as counts, are not read back."""

        unknown = EXCLUDE


class _FieldChangeSchema(_Strict):
    name = fields.String(required=True)
    before = _ValueField(allow_none=True)
    after = _ValueField(allow_none=True)
    sent = _ValueField(allow_none=True)
    privacy = fields.Enum(Privacy, by_value=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FieldChange:
        """Return the value."""
        return FieldChange(**data)


class _FieldChangesField(fields.List[FieldChange]):
    """The changed fields; there are many, so they are written without asking."""

    def __init__(self) -> None:
        super().__init__(
            fields.Nested(_FieldChangeSchema), attribute="fields", data_key="fields"
        )

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return [
            {
                "name": item.name,
                "before": value_to_json(item.before),
                "after": value_to_json(item.after),
                "sent": value_to_json(item.sent),
                "privacy": item.privacy.value,
            }
            for item in value
        ]


class _ChangeSchema(_Strict):
    operation = fields.Enum(Operation, by_value=True, required=True)
    kind = fields.String(required=True)
    key = fields.String(required=True)
    label = fields.String()
    identity = fields.String(required=True)
    remote_id = fields.String(allow_none=True, required=True)
    fields_ = _FieldChangesField()
    record = _RecordField()
    needs = fields.List(_RefField())
    carries = fields.List(_RefField())
    reason = fields.String()
    people = fields.Integer()
    is_rewrite = fields.Boolean()
    is_protected = fields.Boolean()
    part = fields.String()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Change:
        """Return the value."""
        for name in ("fields", "needs", "carries"):
            data[name] = tuple(data.get(name, ()))
        return Change(**{"record": {}, **data})


class _FindingSchema(_Strict):
    type = fields.Enum(FindingKind, by_value=True, required=True)
    kind = fields.String(required=True)
    key = fields.String(required=True)
    field = fields.String()
    row = fields.String()
    message = fields.String(required=True)
    desired = _ValueField(allow_none=True)
    target = _ValueField(allow_none=True)
    about = fields.String()
    is_waiting = fields.Boolean()
    is_exact = fields.Boolean(load_default=True)
    privacy = fields.Enum(Privacy, by_value=True)
    choices = fields.List(fields.String(), dump_only=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Finding:
        """Return the value."""
        return Finding(**data)


class _TaskSchema(_Strict):
    kind = fields.String(required=True)
    key = fields.String(required=True)
    title = fields.String(attribute="step.title", required=True)
    steps = fields.String(attribute="step.steps", required=True)
    values = fields.Dict(attribute="step.values", required=True)
    privacy = fields.Enum(Privacy, by_value=True, load_default=Privacy.PLAIN)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PlanTask:
        """Return the value."""
        return PlanTask(
            kind=data["kind"],
            key=data["key"],
            step=ManualStep(**data["step"]),
            privacy=data["privacy"],
        )


class _WaitingSchema(_Strict):
    change = fields.Nested(_ChangeSchema, required=True)
    for_what = fields.List(_RefField(), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Waiting:
        """Return the value."""
        return Waiting(data["change"], tuple(data["for_what"]))


class _LeftReviewSchema(_Strict):
    kind = fields.String(required=True)
    key = fields.String(required=True)
    person = fields.String(required=True)
    review_type = fields.String(required=True)
    template = fields.String(required=True)
    period = fields.String(required=True)
    status = fields.String(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LeftReview:
        """Return the value."""
        return LeftReview(**data)


class _RefusalSchema(_Strict):
    guard = fields.String(required=True)
    message = fields.String(required=True)
    needs_second = fields.Boolean()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Refusal:
        """Return the value."""
        return Refusal(**data)


class _CensusSchema(_Strict):
    owned = fields.Integer()
    lost = fields.Integer()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Census:
        """Return the value."""
        return Census(**data)


class _BaseField(fields.Field[Any]):
    """A field's base, as `[sent, seen, is_seen]`."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return [value_to_json(value.sent), value_to_json(value.seen), value.is_seen]

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        match value:
            case [sent, seen, bool(is_seen)]:
                return Base(_value(sent), _value(seen), is_seen)
        message = "a base is written [sent, seen, is seen]"
        raise ValidationError(message)


class _LinkSchema(_Strict):
    kind = fields.String(required=True)
    key = fields.String(required=True)
    remote_id = fields.String(required=True)
    identity = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=_BaseField(), attribute="fields", data_key="fields"
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Link:
        """Return the value."""
        return Link(**data)


class _RemoteIdsField(fields.Field[Any]):
    """Remote ids by record, as `[[kind, key, remote id], …]`."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return [[ref.kind, ref.key, value[ref]] for ref in sorted(value)]

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        match value:
            case list() if all(_is_remote_id(item) for item in value):
                return {Ref(kind, key): remote_id for kind, key, remote_id in value}
        message = "remote ids are written [[kind, key, remote id], …]"
        raise ValidationError(message)


def _is_remote_id(item: Any) -> bool:
    match item:
        case [str(), str(), str()]:
            return True
    return False


class _PlanSchema(_Strict):
    connection = fields.String(required=True)
    release = fields.String(required=True)
    release_id = fields.Integer(required=True, allow_none=True)
    as_of = fields.Date(required=True)
    effective_on = fields.Date(required=True)
    mapping_hash = fields.String(required=True)
    fingerprint = fields.String(required=True)
    scope = fields.Integer(allow_none=True)
    banner = fields.String()
    notes = fields.List(fields.String())
    changes = fields.List(fields.Nested(_ChangeSchema), required=True)
    findings = fields.List(fields.Nested(_FindingSchema))
    tasks = fields.List(fields.Nested(_TaskSchema))
    waiting = fields.List(fields.Nested(_WaitingSchema))
    refusals = fields.List(fields.Nested(_RefusalSchema))
    census = fields.Dict(keys=fields.String(), values=fields.Nested(_CensusSchema))
    records = fields.List(fields.Nested(_LinkSchema))
    forgotten = fields.List(_RefField())
    remote_ids = _RemoteIdsField()
    reviews = fields.List(fields.Nested(_LeftReviewSchema))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Plan:
        """Return the value."""
        for name in (
            "changes", "findings", "tasks", "waiting", "refusals", "records",
            "forgotten", "notes", "reviews",
        ):  # fmt: skip
            data[name] = tuple(data.get(name, ()))
        return Plan(**data)
