"""What a tenant holds already, told as the elements of a framework.

Reads the kinds that the catalogue reads, once, as of today; writes nothing. Pay is not
read. What a framework has no place for is a note, what could not be read an
`Incomplete`: nobody may take the rest for the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from adapters.workday.facts import OPERATIONS
from adapters.workday.kinds import KINDS
from adapters.workday.texts import canonical_html, canonical_rich_text
from connector.kit.errors import ConfigError
from connector.kit.markdown import markdown_of
from connector.kit.protocols import Catalogue, Services
from connector.kit.values import (
    RETIRED,
    Foreign,
    Found,
    ImportedElement,
    ImportedKind,
    ImportedNeed,
    ImportedStep,
    ImportItem,
    ImportNote,
    Incomplete,
    ReadScope,
    Row,
    Rows,
)

#: What is read, and what of the framework it becomes.
_KINDS = {
    "proficiency_scale": ImportedKind.SCALE,
    "competency_category": ImportedKind.DOMAIN,
    "competency": ImportedKind.COMPETENCY,
    "certification": ImportedKind.CERTIFICATION,
    "job_family_group": ImportedKind.GROUP,
    "job_family": ImportedKind.FAMILY,
    "job_profile": ImportedKind.ROLE,
}
NOT_HELD = "not_held"
#: References of a profile that a framework keeps as words about the role.
_WORDS = ("management_level", "job_level")


class WorkdayImporting:
    """Tells the families, profiles, competencies and scales of a tenant."""

    def __init__(self, catalogue: Catalogue, services: Services) -> None:
        self._catalogue = catalogue
        self._services = services

    def elements(self, part: str = "") -> Iterator[ImportItem]:
        """Yield every element of the tenant; a tenant holds one framework.

        Raises:
            AuthError, ReplyError: nothing may be concluded from what came.
            ConfigError: a part is named.
        """
        if part:
            raise ConfigError(
                f"a Workday tenant holds one framework, none called “{part}”",
                hint="Leave the name out.",
            )
        held = _Tenant()
        snapshot = self._catalogue.snapshot(
            ReadScope(prefix="", as_of=self._services.now().date())
        )
        broken = set()
        for kind in _KINDS:
            for item in snapshot.read(kind):
                if isinstance(item, Found):
                    held.add(item)
                elif isinstance(item, Incomplete):
                    broken.add(kind)
                    yield Incomplete(f"{KINDS[kind].spec.plural}: {item.reason}")
        yield from held.unseen(but=broken)
        yield from held.told()


@dataclass(slots=True)
class _Tenant:
    """All that was read, by kind and WID."""

    found: dict[str, dict[str, Found]] = field(
        default_factory=lambda: {kind: {} for kind in _KINDS}
    )

    def add(self, found: Found) -> None:
        """Keep an object."""
        self.found[found.kind][found.remote_id] = found

    def unseen(self, *, but: Collection[str]) -> Iterator[Incomplete | ImportNote]:
        """Yield the kinds of which not one object was shown.

        A tenant leaves out what the user may not see, without a word (Workday
        contract, 11): what others name must be there, and no tenant is without job
        profiles. Of other kinds nobody but a person can tell.
        """
        if not any(self.found.values()):
            return
        named = self._named()
        for kind, objects in self.found.items():
            if objects or kind in but:
                continue
            plural, domain = KINDS[kind].spec.plural, OPERATIONS[KINDS[kind].get].domain
            right = f"the right to Get in the domain {domain}"
            if number := len(named.get(kind, ())):
                yield Incomplete(
                    f"{plural}: none is shown, but {number} are named by others;"
                    f" {right} may be missing"
                )
            elif kind == "job_profile":
                yield Incomplete(f"{plural}: none is shown; {right} may be missing")
            else:
                message = f"none is shown: there is none, or {right} is missing"
                yield ImportNote("none_shown", plural, message)

    def _named(self) -> dict[str, set[str]]:
        named: dict[str, set[str]] = {}
        for objects in self.found.values():
            for found in objects.values():
                for foreign in _references(found):
                    if foreign.kind in self.found:
                        named.setdefault(foreign.kind, set()).add(foreign.remote_id)
        return named

    def told(self) -> Iterator[ImportItem]:
        """Yield the elements, and what none of them can hold."""
        groups = self._groups_of_families()
        for kind, objects in self.found.items():
            for found in objects.values():
                yield from self._element(found, _KINDS[kind], groups)

    def _groups_of_families(self) -> dict[str, list[str]]:
        """Return the groups of each family by WID; in use before not in use."""
        groups: dict[str, list[str]] = {}
        in_order = sorted(
            self.found["job_family_group"].values(),
            key=lambda one: (bool(one.fields.get(RETIRED)), one.identity),
        )
        for group in in_order:
            for family in _foreigns(group, "families"):
                groups.setdefault(family.remote_id, []).append(_identity(group))
        return groups

    def _element(
        self, found: Found, kind: ImportedKind, groups: Mapping[str, list[str]]
    ) -> Iterator[ImportItem]:
        place, duties = _place(found), _Duties.of(found)
        description, is_html = _description(found)
        if is_html:
            message = "its text holds more than Markdown says, so it is kept as HTML"
            yield ImportNote("kept_as_html", place, message)
        for row in _rows(found, "certifications"):
            label = row.key.label if isinstance(row.key, Foreign) else row.key
            message = f"it asks for the certification “{label}”; a framework says so by"
            yield ImportNote(NOT_HELD, place, f"{message} an activity of a pathway")
        for text in duties.rest:
            message = f"the responsibility “{text}” is optional; a framework holds"
            yield ImportNote(NOT_HELD, place, f"{message} what all are to do")
        yield ImportedElement(
            kind=kind,
            identity=_identity(found),
            place=place,
            name=_text(found, "title") or _text(found, "name"),
            description=description,
            is_retired=bool(found.fields.get(RETIRED)),
            parents=self._parents(found, groups),
            steps=tuple(_steps(found)),
            scale=self._identity_of(found.fields.get("scale")),
            behaviours=tuple(_behaviours(found)),
            needs=tuple(self._needs(found)),
            responsibilities=duties.held,
            attributes={**_words(found), **duties.words},
            issuer=_text(found, "issuer"),
            valid_months=_months(found),
        )

    def _parents(
        self, found: Found, groups: Mapping[str, list[str]]
    ) -> tuple[str, ...]:
        if found.kind == "job_family":
            return tuple(groups.get(found.remote_id, ()))
        if found.kind == "competency":
            return tuple(map(self._identity_of, _foreigns(found, "categories")))
        if found.kind == "job_profile":
            return tuple(map(self._identity_of, _foreigns(found, "families")))
        return ()

    def _needs(self, found: Found) -> Iterator[ImportedNeed]:
        for row in _rows(found, "required_competencies"):
            yield ImportedNeed(
                competency=self._identity_of(row.fields.get("competency")),
                step=str(row.fields.get("rating") or ""),
                is_required=bool(row.fields.get("is_required")),
            )

    def _identity_of(self, value: object) -> str:
        """Return the identity of what a reference names, its label where unseen."""
        if not isinstance(value, Foreign):
            return ""
        found = self.found.get(value.kind, {}).get(value.remote_id)
        return _identity(found) if found else value.label or value.remote_id


@dataclass(frozen=True, slots=True)
class _Duties:
    """The responsibilities of a profile: those held, those that are not, and how."""

    held: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(found: Found) -> _Duties:
        """Return the duties of a profile; where none is required, all are held."""
        texts: dict[bool, dict[str, None]] = {True: {}, False: {}}
        for row in _rows(found, "responsibilities"):
            if text := str(row.fields.get("text") or ""):
                texts[bool(row.fields.get("is_required"))][text] = None
        required, optional = tuple(texts[True]), tuple(texts[False])
        if required or not optional:
            return _Duties(required, optional)
        return _Duties(optional, (), {"responsibilities": "optional"})


def _identity(found: Found) -> str:
    """Return the reference ID of an object, its WID where it has none."""
    return found.identity or found.remote_id


def _place(found: Found) -> str:
    spec = KINDS[found.kind].spec
    return f"{spec.label} “{found.label}” ({_identity(found)})"


def _months(found: Found) -> int | None:
    value = found.fields.get("valid_months")
    return value if isinstance(value, int) and value > 0 else None


def _text(found: Found, name: str) -> str:
    return str(found.fields.get(name) or "")


def _description(found: Found) -> tuple[str, bool]:
    """Return an object's text as Markdown, and whether it stayed HTML after all."""
    if found.kind != "job_profile":
        return _text(found, "description") or _text(found, "summary"), False
    html = canonical_html(_text(found, "description"))
    text = markdown_of(html, lambda told: str(canonical_rich_text(told)))
    return (html, True) if text is None else (text, False)


def _rows(found: Found, name: str) -> tuple[Row, ...]:
    value = found.fields.get(name)
    return value.rows if isinstance(value, Rows) else ()


def _foreigns(found: Found, name: str) -> list[Foreign]:
    return [row.key for row in _rows(found, name) if isinstance(row.key, Foreign)]


def _references(found: Found) -> Iterator[Foreign]:
    for name, value in found.fields.items():
        if isinstance(value, Foreign):
            yield value
        yield from _foreigns(found, name)


def _steps(found: Found) -> Iterator[ImportedStep]:
    for row in _rows(found, "ratings"):
        value = row.fields.get("value")
        yield ImportedStep(
            identity=str(row.fields.get("id") or ""),
            name=str(row.fields.get("name") or ""),
            value=Decimal(value) if isinstance(value, int | Decimal) else None,
        )


def _behaviours(found: Found) -> Iterator[tuple[str, str]]:
    for row in _rows(found, "behaviours"):
        if text := str(row.fields.get("text") or ""):
            yield str(row.fields.get("rating") or ""), text


def _words(found: Found) -> dict[str, str]:
    """Return what a profile says that a framework keeps as words of the tenant."""
    if found.kind != "job_profile":
        return {}
    words = {"summary": _text(found, "summary")}
    for name in _WORDS:
        value = found.fields.get(name)
        words[name] = value.remote_id if isinstance(value, Foreign) else ""
    return words
