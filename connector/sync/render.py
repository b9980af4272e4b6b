"""The plan in words that an HR admin reads: grouped by kind, before and after.

Only text is made here; hidden values are replaced before they are worded.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from rich.text import Text

from connector.kit.values import (
    RETIRED,
    FieldType,
    KindSpec,
    Operation,
    Privacy,
    Ref,
    Row,
    Rows,
    Value,
)
from connector.sync.plan import (
    Change,
    FieldChange,
    Finding,
    FindingKind,
    LeftReview,
    Plan,
)
from connector.sync.plan_json import hidden

_SIGNS = {
    Operation.CREATE: ("+", "green"),
    Operation.UPDATE: ("~", "yellow"),
    Operation.RETIRE: ("-", "red"),
}
_DONE = {
    Operation.CREATE: "to create",
    Operation.UPDATE: "to change",
    Operation.RETIRE: "to take out of use",
}
_TAG = re.compile(r"<[^>]+>")
_WIDTH = 100
#: Findings that nobody has to decide.
_TOLD_ONLY = (FindingKind.LEFT, FindingKind.ABSENT)

Specs = Mapping[str, KindSpec]


def render_plan(
    plan: Plan,
    specs: Specs,
    *,
    may_see: frozenset[Privacy] = frozenset({Privacy.PLAIN}),
    most: int = 12,
) -> Iterator[Text]:
    """Yield the lines of a plan; of each kind at most `most` changes in full."""
    writer = _Writer(specs, may_see, most)
    yield from writer.head(plan)
    yield from writer.changes(plan)
    yield from writer.waiting(plan)
    yield from writer.findings(plan)
    yield from writer.tasks(plan)
    yield from writer.reviews(plan)
    yield from writer.notes(plan)
    yield from writer.refusals(plan)
    yield from writer.summary(plan)


def render_findings(
    plan: Plan,
    specs: Specs,
    *,
    may_see: frozenset[Privacy] = frozenset({Privacy.PLAIN}),
    most: int = 12,
) -> Iterator[Text]:
    """Yield the lines of a plan's findings alone."""
    yield from _Writer(specs, may_see, most).findings(plan)


class _Writer:
    """Words one plan."""

    def __init__(self, specs: Specs, may_see: frozenset[Privacy], most: int) -> None:
        self.specs, self.may_see, self.most = specs, may_see, most

    def head(self, plan: Plan) -> Iterator[Text]:
        """Say what the plan is for."""
        title = Text("Plan for ", style="bold")
        title.append(plan.connection, style="bold cyan")
        title.append(f"  release {plan.release}, as of {plan.as_of}", style="dim")
        yield title
        if plan.banner:
            yield Text(plan.banner, style="bold magenta")

    def changes(self, plan: Plan) -> Iterator[Text]:
        """Word the changes, kind by kind."""
        for kind, group in groupby(plan.changes, key=lambda change: change.kind):
            changes = list(group)
            yield Text()
            yield self._kind_line(kind, changes)
            for change in changes[: self.most]:
                yield from self._change(change)
            if len(changes) > self.most:
                more = len(changes) - self.most
                yield Text(f"    … and {more} more (--all shows them)", style="dim")

    def _kind_line(self, kind: str, changes: Iterable[Change]) -> Text:
        counts: dict[Operation, int] = {}
        for change in changes:
            counts[change.operation] = counts.get(change.operation, 0) + 1
        told = ", ".join(
            f"{number} {_DONE[operation]}" for operation, number in counts.items()
        )
        line = Text(f"  {self.specs[kind].plural}", style="bold")
        line.append(f"  {told}", style="dim")
        return line

    def _change(self, change: Change) -> Iterator[Text]:
        sign, style = _SIGNS[change.operation]
        line = Text(f"    {sign} ", style=style)
        line.append(change.label or change.key)
        if change.label != change.key:
            line.append(f"  {change.key}", style="dim")
        if change.people:
            noun = "person" if change.people == 1 else "people"
            line.append(f"  reaches {change.people} {noun}", style="magenta")
        yield line
        if change.operation is Operation.RETIRE:
            yield from self._retired(change)
        if change.reason:
            yield Text(f"        {change.reason}", style="dim italic")
        if change.operation is Operation.UPDATE and not change.is_rewrite:
            for item in change.fields:
                yield from self._field(change.kind, item)

    def _retired(self, change: Change) -> Iterator[Text]:
        spec = self.specs[change.kind]
        told = spec.retire_means
        if change.carries:
            told += f", with {self._counted(change.carries)}"
        if told:
            yield Text(f"        {told}", style="dim")

    def _counted(self, refs: Iterable[Ref]) -> str:
        counts: dict[str, int] = {}
        for ref in refs:
            counts[ref.kind] = counts.get(ref.kind, 0) + 1
        told = []
        for kind, number in counts.items():
            spec = self.specs[kind]
            told.append(f"{number} {spec.plural if number > 1 else spec.label}")
        return ", ".join(told)

    def _field(self, kind: str, item: FieldChange) -> Iterator[Text]:
        if item.privacy not in self.may_see:
            yield Text(f"        {item.name}: {hidden(item.privacy)}")
        elif isinstance(item.after, Rows):
            before = item.before if isinstance(item.before, Rows) else Rows()
            yield from _rows(item.name, before, item.after, self._rich_in(kind, item))
        elif item.name == RETIRED:
            yield Text("        taken back into use")
        else:
            is_rich = self._is_rich(kind, item.name)
            yield from _before_after(
                item.name,
                _words(item.before, is_rich=is_rich),
                _words(item.after, is_rich=is_rich),
            )

    def _is_rich(self, kind: str, name: str) -> bool:
        spec = self.specs[kind].by_name.get(name)
        return spec is not None and spec.type is FieldType.RICH_TEXT

    def _rich_in(self, kind: str, item: FieldChange) -> frozenset[str]:
        """Return which fields of a group's rows hold rich text."""
        spec = self.specs[kind].by_name.get(item.name)
        row = spec.row if spec is not None else ()
        return frozenset(one.name for one in row if one.type is FieldType.RICH_TEXT)

    def waiting(self, plan: Plan) -> Iterator[Text]:
        """Name the changes that wait, by what they wait for."""
        if not plan.waiting:
            return
        yield Text()
        yield Text("  Waiting (not counted, nothing failed)", style="bold")
        for item in plan.waiting[: self.most]:
            line = Text(f"    … {item.change.kind} {item.change.key}", style="dim")
            line.append(f"  waits for {', '.join(map(str, item.for_what[:3]))}")
            yield line
        if len(plan.waiting) > self.most:
            yield Text(f"    … and {len(plan.waiting) - self.most} more", style="dim")

    def findings(self, plan: Plan) -> Iterator[Text]:
        """Word the findings, those that wait first."""
        waiting = plan.open_findings
        if waiting:
            yield Text()
            yield Text("  Findings (each waits for a decision)", style="bold")
            for finding in waiting[: max(self.most, 20)]:
                yield from self._finding(finding)
            more = len(waiting) - max(self.most, 20)
            if more > 0:
                yield Text(f"    … and {more} more (--all shows them)", style="dim")
        left = [item for item in plan.findings if item.type in _TOLD_ONLY]
        if left:
            yield Text()
            yield Text("  Left as it is", style="bold")
            for finding in left[: self.most]:
                where = f"{finding.kind} {finding.key}".strip()
                yield Text(f"    · {where}: {finding.message}", style="dim")
            if len(left) > self.most:
                yield Text(f"    … and {len(left) - self.most} more", style="dim")
        kept = len(plan.findings) - len(waiting) - len(left)
        if kept:
            told = "1 finding is" if kept == 1 else f"{kept} findings are"
            yield Text(f"  {told} settled by a decision or policy", style="dim")

    def _finding(self, finding: Finding) -> Iterator[Text]:
        line = Text("    ! ", style="yellow")
        line.append(f"{finding.type.value} ", style="bold")
        line.append(f"{finding.kind} {finding.key}")
        if finding.field:
            line.append(f"  {finding.field}", style="dim")
        yield line
        yield Text(f"        {finding.message}")
        if not finding.field or finding.field == RETIRED:
            pass
        elif finding.privacy not in self.may_see:
            yield Text(f"        {hidden(finding.privacy)}")
        else:
            is_rich = self._is_rich(finding.kind, finding.field)
            yield Text(
                f"        ours    {_short(_words(finding.desired, is_rich=is_rich))}"
            )
            yield Text(
                f"        theirs  {_short(_words(finding.target, is_rich=is_rich))}"
            )
        if finding.choices:
            offered = " or ".join(choice.value for choice in finding.choices)
            yield Text(f"        decide: {offered}", style="dim")

    def tasks(self, plan: Plan) -> Iterator[Text]:
        """Word the steps that only a person can do."""
        if not plan.tasks:
            return
        yield Text()
        yield Text("  To do by hand (the connector cannot write these)", style="bold")
        for task in plan.tasks:
            yield Text(f"    □ {task.step.title}", style="cyan")
            is_seen = task.privacy in self.may_see
            for name, value in task.step.values.items():
                told = value if is_seen else hidden(task.privacy)
                yield Text(f"        {name}: {told}")
            if task.step.steps:
                yield Text(f"        {task.step.steps}", style="dim")

    def reviews(self, plan: Plan) -> Iterator[Text]:
        """Name the open reviews that will not follow, by the record that changes."""
        if not plan.reviews:
            return
        yield Text()
        yield Text("  Open reviews that keep their content", style="bold")
        for key, group in groupby(plan.reviews, key=lambda review: review.key):
            left = list(group)
            noun = "review" if len(left) == 1 else "reviews"
            yield Text(f"    {left[0].kind} {key}: {len(left)} {noun}", style="yellow")
            for review in left[: self.most]:
                yield Text(f"        {_review_words(review)}")
            if len(left) > self.most:
                more = len(left) - self.most
                yield Text(f"        … and {more} more (--all shows them)", style="dim")

    def notes(self, plan: Plan) -> Iterator[Text]:
        """Say what else a reader should know."""
        for note in plan.notes:
            yield Text()
            yield Text(f"  {note}", style="yellow")

    def refusals(self, plan: Plan) -> Iterator[Text]:
        """Word what the guards say no to."""
        if not plan.refusals:
            return
        yield Text()
        yield Text(
            "  Guards that stop this plan until it is confirmed", style="bold red"
        )
        for refusal in plan.refusals:
            yield Text(f"    ✋ {refusal.guard}: {refusal.message}", style="red")

    def summary(self, plan: Plan) -> Iterator[Text]:
        """Count everything."""
        yield Text()
        if plan.is_empty:
            yield Text("Nothing to write.", style="bold green")
        else:
            told = ", ".join(
                f"{number} {_DONE[Operation(name)]}"
                for name, number in plan.counts().items()
                if number
            )
            noun = "change" if len(plan.changes) == 1 else "changes"
            yield Text(f"{len(plan.changes)} {noun}: {told}.", style="bold")
        rest = [
            f"{noun}: {number}"
            for number, noun in (
                (len(plan.open_findings), "findings that wait for a decision"),
                (len(plan.tasks), "tasks to do by hand"),
                (len(plan.waiting), "changes that wait"),
                (len(plan.reviews), "open reviews that will not follow"),
            )
            if number
        ]
        if rest:
            yield Text("; ".join(rest) + ".")
        yield Text(f"fingerprint {plan.fingerprint}", style="dim")


def _review_words(review: LeftReview) -> str:
    told = [review.review_type, review.period, review.status]
    return f"person {review.person}: {', '.join(each for each in told if each)}"


def _before_after(name: str, before: str, after: str) -> Iterator[Text]:
    """Show a value before and after; of longer texts only the lines that differ."""
    if "\n" not in before + after:
        yield Text(f"        {name}")
        yield Text(f"          - {_short(before)}", style="red")
        yield Text(f"          + {_short(after)}", style="green")
        return
    yield Text(f"        {name}")
    yield from _differing_lines(before, after)


def _differing_lines(before: str, after: str, indent: str = " " * 10) -> Iterator[Text]:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), lineterm="", n=0
    )
    for line in list(lines)[2:]:
        if line.startswith("@@"):
            continue
        style = "red" if line.startswith("-") else "green"
        yield Text(f"{indent}{line[0]} {_short(line[1:])}", style=style)


def _rows(name: str, before: Rows, after: Rows, rich: frozenset[str]) -> Iterator[Text]:
    """Show which rows come, go and change; rows of others are not named."""
    then, now = before.by_key(), after.by_key()
    yield Text(f"        {name}")
    for key, row in then.items():
        if key not in now:
            yield Text(f"          - {_row_words(row)}", style="red")
    for key, row in now.items():
        if key not in then:
            yield Text(f"          + {_row_words(row)}", style="green")
        elif then[key] != row:
            yield from _row_change(then[key], row, rich)
    if then == now:
        yield Text("          ~ put into the framework's order", style="yellow")


def _row_change(then: Row, now: Row, rich: frozenset[str]) -> Iterator[Text]:
    """Show a changed row on one line; of longer texts the lines that differ."""
    before, after = _row_words(then), _row_words(now)
    if not (before.endswith("…") or after.endswith("…")):
        yield Text(f"          ~ {before} → {after}", style="yellow")
        return
    changed = [name for name in now.fields if then.fields.get(name) != now.fields[name]]
    same = {name: value for name, value in now.fields.items() if name not in changed}
    yield Text(f"          ~ {_row_words(Row(now.key, same))}", style="yellow")
    for name in changed:
        yield from _differing_lines(
            _words(then.fields.get(name), is_rich=name in rich),
            _words(now.fields[name], is_rich=name in rich),
            indent=" " * 12,
        )


def _row_words(row: Row) -> str:
    told = [
        _yes_or_no(name, is_so=value) if isinstance(value, bool) else _words(value)
        for name, value in row.fields.items()
        if value not in (None, "")
    ]
    return _short(", ".join(told))


def _yes_or_no(name: str, *, is_so: bool) -> str:
    """Return what a field such as `is_required` says of its row."""
    said = name.removeprefix("is_").replace("_", " ")
    return said if is_so else f"not {said}"


def _words(value: Value, *, is_rich: bool = False) -> str:
    """Return a value in words."""
    match value:
        case None | "":
            return "(nothing)"
        case bool():
            return "yes" if value else "no"
        case str() if is_rich:
            return _plain(value)
        case Rows():
            return "; ".join(_row_words(row) for row in value.rows)
        case tuple():
            return ", ".join(_words(item) for item in value)
    return str(value)


def _plain(text: str) -> str:
    """Return rich text as people read it, one line for each block."""
    broken = re.sub(r"</(p|li|h\d|tr)>|<br ?/?>", "\n", text)
    listed = broken.replace("<li>", "- ")
    plain = html.unescape(_TAG.sub("", listed))
    return "\n".join(line.strip() for line in plain.splitlines() if line.strip())


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _WIDTH else one_line[: _WIDTH - 1] + "…"
