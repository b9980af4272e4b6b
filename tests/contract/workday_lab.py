"""The laboratory of Workday: the adapter against its sandbox, hands in the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from labs import Lab, rows, services

from adapters.workday import adapter
from adapters.workday.running_sandbox import serve_tenant
from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    ScaleSeed,
    Tenant,
    TenantSeed,
)
from adapters.workday.sandbox.planting import plant
from adapters.workday.sandbox.seed import JobFamilyGroupSeed
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.switches import Switches
from connector.kit.protocols import Connection
from connector.kit.values import Record, Ref, Row, Rows, text_row_key

_KINDS = (
    "proficiency_rating_scale",
    "competency",
    "job_family",
    "job_family_group",
    "job_profile",
)
_IDS = {
    "competency": ("Competency_ID", "Competency_ID"),
    "job_family": ("Job_Family_ID", "ID"),
    "job_profile": ("Job_Profile_ID", "Job_Code"),
}
SCALE = Ref("proficiency_scale", "s")

#: What the company had before: every kind holds something that is not ours.
SEED = TenantSeed(
    name="sandbox",
    user_name="ISU",
    password="secret",
    client_id="client",
    client_secret="secret",
    refresh_token="token",
    scales=(ScaleSeed("FS", "Theirs", (("FS-1", "Low"), ("FS-2", "High"))),),
    competencies=(
        CompetencySeed("OTHER-1", "Tact", "Is kind.", "FS", {"FS-1": "Listens."}),
        CompetencySeed("OTHER-2", "Thrift", "Saves.", "FS"),
    ),
    job_families=(JobFamilySeed("OTHER-FAMILY", "Kitchen"),),
    job_family_groups=(JobFamilyGroupSeed("OTHER-GROUP", "House", ("OTHER-FAMILY",)),),
    job_profiles=(
        JobProfileSeed("OTHER-PROFILE", "Cook", ("OTHER-FAMILY",), description="Cooks"),
    ),
)


class CutFrom(Switches):
    """Cut every answer to an operation from a page on."""

    operation = "Get_Competencies"
    page = 2

    def take_cut(self, operation: str, page: int) -> bool:
        return operation == self.operation and page >= self.page


def duties(*texts: str) -> Rows:
    return Rows(
        tuple(
            Row(text_row_key(text), {"text": text, "is_required": True})
            for text in texts
        )
    )


class WorkdayLab(Lab):
    """A lab whose target is a tenant on loopback."""

    adapter = "workday"
    plain = Ref("competency", "lone")
    name_field, text_field = "name", "description"
    holder, group = Ref("job_profile", "dev"), "required_competencies"
    natural = plain
    paged_kind = "competency"

    def open(self) -> Connection:
        self.sandbox = serve_tenant(Tenant(SEED))
        self.tenant = self.sandbox.tenant
        settings = {**self.sandbox.settings(), "page_size": 3, **self.settings}
        return adapter.connect(settings, services(self.sandbox.secrets()))

    def records(self) -> Iterator[Record]:
        ratings = tuple(
            Row(f"jf-pr-s/{n}", {"id": f"jf-pr-s/{n}", "name": name, "value": n})
            for n, name in enumerate(("Knows", "Does", "Leads"), start=1)
        )
        yield self.record(
            "proficiency_scale",
            "s",
            name="Steps",
            description="How far.",
            ratings=Rows(ratings, is_ordered=True),
        )
        for key in ("craft", "care", "lone"):
            behaviours = tuple(
                Row(f"jf-pr-s/{n}", {"rating": f"jf-pr-s/{n}", "text": f"{key} {n}"})
                for n in (1, 2)
            )
            yield self.record(
                "competency",
                key,
                name=key.title(),
                description=f"About {key}.",
                scale=SCALE,
                behaviours=Rows(behaviours),
            )
        family = Ref("job_family", "eng")
        yield self.record("job_family", "eng", name="Engineering", summary="Builds.")
        yield self.record(
            "job_family_group",
            "tech",
            name="Technology",
            summary="All of it.",
            families=rows("family", family),
        )
        owned = (Ref("competency", "craft"), Ref("competency", "care"))
        yield self.record(
            "job_profile",
            "dev",
            title="Developer",
            description="Writes **code**.",
            families=rows("family", family),
            required_competencies=rows(
                "competency", *owned, rating="jf-pr-s/2", is_required=True
            ),
            responsibilities=duties("Builds things.", "Mends things."),
        )

    def _instance(self, ref: Ref) -> Instance:
        instance = self.tenant.store.find("WID", self.remote_id(ref))
        assert instance is not None
        return instance

    def _identity(self, ref: Ref) -> str:
        return self._instance(ref).reference_ids[_IDS[ref.kind][0]]

    def edit(self, ref: Ref, **fields: Any) -> None:
        if ref.kind == "competency":
            self.tenant.edit_competency(self._identity(ref), **fields)
        else:
            self.tenant.edit_job_profile(self._identity(ref), **fields)

    def remove(self, ref: Ref) -> None:
        """Let an object vanish, as one that was made after a refresh's copy does."""
        with self.tenant.lock:
            self.give_identity(ref, f"gone-{ref.key}")
            self._instance(ref).versions.clear()
            self.tenant.store.enter()

    def retire(self, ref: Ref, *, is_retired: bool = True) -> None:
        self.edit(ref, is_inactive=is_retired)

    def give_identity(self, ref: Ref, identity: str) -> None:
        instance, (id_type, element) = self._instance(ref), _IDS[ref.kind]
        with self.tenant.lock:
            self.tenant.store.rename(instance, id_type, identity)
            day = instance.versions[-1].effective
            document = {**instance.latest, element: identity}
            self.tenant.store.put_version(instance, day, document)

    def make(self, record: Record, identity: str) -> None:
        seed = CompetencySeed(
            identity or "THEIRS",
            str(record.fields["name"]),
            str(record.fields["description"] or ""),
            "jf-ps-s",
            _behaviours(record.fields["behaviours"]),
        )
        empty = {
            item.name: getattr(SEED, item.name)
            for item in fields(TenantSeed)
            if isinstance(getattr(SEED, item.name), str)
        }
        with self.tenant.lock:
            plant(self.tenant.store, TenantSeed(**empty, competencies=(seed,)))

    def add_row(self) -> None:
        profile = self._identity(self.holder)
        self.tenant.edit_required_competency(profile, "OTHER-1", "FS-1")

    def remove_row(self, ref: Ref) -> None:
        profile = self._identity(self.holder)
        self.tenant.edit_required_competency(profile, self._identity(ref), None)

    def cut_reading(self) -> None:
        self.tenant.switches = CutFrom()

    def lose_answers(self, count: int) -> None:
        self.tenant.switches.lost_answers = count

    def reset(self) -> None:
        self.tenant.refresh()

    def writes(self) -> int:
        with self.tenant.lock:
            return sum(entry.is_write for entry in self.tenant.log)

    def forget_log(self) -> None:
        with self.tenant.lock:
            self.tenant.log.clear()

    def portrait(self) -> list[str]:
        return portrait_of(self.tenant)

    def close(self) -> None:
        self.connection.close()
        self.sandbox.close()
        self.database.close()


def _behaviours(value: object) -> dict[str, str]:
    shown = value.rows if isinstance(value, Rows) else ()
    return {str(row.key): str(row.fields["text"]) for row in shown}


def portrait_of(tenant: Any) -> list[str]:
    """Return the catalogue of a sandbox tenant, WIDs and moments aside."""
    with tenant.lock:
        return sorted(
            f"{kind} {sorted(item.reference_ids.items())} {_drawn(item.latest)}"
            for kind in _KINDS
            for item in tenant.store.of_kind(kind)
            if item.versions
        )


def _drawn(value: Any) -> Any:
    """Return a document as plain data, references by their first ID."""
    if isinstance(value, Instance):
        return next(iter(value.reference_ids.values()), value.wid)
    if isinstance(value, dict):
        return {name: _drawn(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return sorted((_drawn(item) for item in value), key=repr)
    return value
