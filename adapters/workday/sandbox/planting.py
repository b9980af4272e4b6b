"""Put the objects of a seed into a store."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.workday.sandbox.certifications import CERTIFICATION
from adapters.workday.sandbox.classifications import CATEGORY as JOB_CATEGORY
from adapters.workday.sandbox.competencies import CATEGORY, COMPETENCY, RATING, SCALE
from adapters.workday.sandbox.documents import Document, Value
from adapters.workday.sandbox.families import FAMILY, GROUP
from adapters.workday.sandbox.positions import add_position, add_types
from adapters.workday.sandbox.profiles import (
    BASIC,
    FAMILY_ROWS,
    JOB_PROFILE,
    QUALIFICATIONS,
)
from adapters.workday.sandbox.seed import (
    FIRST_DAY,
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    NamedSeed,
    ScaleSeed,
    TenantSeed,
)
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.workers import (
    add_countries,
    add_organization,
    add_worker,
)
from adapters.workday.sandbox.writing import Shape


def plant(store: Store, seed: TenantSeed) -> None:
    """Make every object of the seed; KeyError names an ID that nothing has."""
    for kind, id_type, items in (
        ("management_level", "Management_Level_ID", seed.management_levels),
        ("job_level", "Job_Level_ID", seed.job_levels),
        ("training_type", "Training_Type_ID", seed.training_types),
        ("skill_source", "Skill_Source_Category_ID", seed.skill_sources),
        ("compensation_element", "Compensation_Element_ID", seed.compensation_elements),
        ("condition_rule", "Condition_Rule_ID", seed.condition_rules),
        ("currency", "Currency_ID", seed.currencies),
        ("frequency", "Frequency_ID", seed.frequencies),
        ("change_reason", "Event_Classification_Subcategory_ID", seed.change_reasons),
    ):
        for item in items:
            store.add(kind, {id_type: item.reference_id}, item.name)
    for shape, items, name in (
        (JOB_CATEGORY, seed.job_categories, "Job_Category_Name"),
        (CERTIFICATION, seed.certifications, "Name"),
        (CATEGORY, seed.competency_categories, "Name"),
    ):
        _named(store, shape, items, name)
    for scale in seed.scales:
        _scale(store, scale)
    for competency in seed.competencies:
        _competency(store, competency)
    for family in seed.job_families:
        _family(store, family)
    for group in seed.job_family_groups:
        rows: list[Value] = [
            {"Job_Family_Reference": _get(store, "Job_Family_ID", key)}
            for key in group.job_family_ids
        ]
        ids = {
            "Job_Family_ID": group.job_family_group_id,
            "Job_Family_Group_ID": group.job_family_group_id,
        }
        instance = store.add(GROUP.kind, ids, group.name)
        _save(
            store,
            instance,
            {
                **_family_values(group.job_family_group_id, group.name, group.summary),
                "Job_Family_Data": rows,
            },
        )
    for profile in seed.job_profiles:
        _profile(store, profile)
    _people(store, seed)


def _people(store: Store, seed: TenantSeed) -> None:
    add_countries(store)
    for organization in seed.organizations:
        add_organization(store, organization)
    for worker in seed.workers:
        add_worker(store, worker)
    add_types(store)
    for position in seed.positions:
        add_position(store, position)


def _get(store: Store, id_type: str, value: str) -> Instance:
    instance = store.find(id_type, value)
    if instance is None:
        raise KeyError(f"{id_type} {value}")
    return instance


def _save(store: Store, instance: Instance, document: Document) -> None:
    store.put_version(instance, FIRST_DAY, document)


def _named(store: Store, shape: Shape, seeds: Iterable[NamedSeed], name: str) -> None:
    for seed in seeds:
        instance = store.add(shape.kind, {shape.id_type: seed.reference_id}, seed.name)
        _save(store, instance, {name: seed.name, shape.id_element: seed.reference_id})


def _scale(store: Store, seed: ScaleSeed) -> None:
    ratings: list[Value] = []
    for order, (rating_id, name) in enumerate(seed.ratings, 1):
        rating = store.add(RATING, {"Proficiency_Rating_ID": rating_id}, name)
        ratings.append(
            {
                "Proficiency_Rating_Reference": rating,
                "Proficiency_Rating_ID": rating_id,
                "Rating_Order": str(order),
                "Rating": name,
                "Rating_Value": str(order),
            }
        )
    instance = store.add(SCALE.kind, {SCALE.id_type: seed.scale_id}, seed.name)
    _save(
        store,
        instance,
        {
            "Proficiency_Rating_Scale_ID": seed.scale_id,
            "Rating_Scale_Name": seed.name,
            "Proficiency_Rating_Data": ratings,
        },
    )


def _competency(store: Store, seed: CompetencySeed) -> None:
    behaviours: list[Value] = [
        {
            "Proficiency_Rating_Reference": _get(store, "Proficiency_Rating_ID", key),
            "Rating_Behavior": text,
        }
        for key, text in seed.behaviours.items()
    ]
    document: Document = {
        "Competency_ID": seed.competency_id,
        "Competency_Name": seed.name,
        "Competency_Description": seed.description,
        "Proficiency_Rating_Behavior_Data": behaviours,
        "Effective_Date": FIRST_DAY.isoformat(),
    }
    if seed.scale_id:
        scale = _get(store, SCALE.id_type, seed.scale_id)
        document["Proficiency_Rating_Scale_Reference"] = scale
    ids = {COMPETENCY.id_type: seed.competency_id}
    _save(store, store.add(COMPETENCY.kind, ids, seed.name), document)


def _family_values(key: str, name: str, summary: str) -> Document:
    return {
        "ID": key,
        "Effective_Date": FIRST_DAY.isoformat(),
        "Name": name,
        "Summary": summary,
    }


def _family(store: Store, seed: JobFamilySeed) -> None:
    ids = {FAMILY.id_type: seed.job_family_id}
    _save(
        store,
        store.add(FAMILY.kind, ids, seed.name),
        _family_values(seed.job_family_id, seed.name, seed.summary),
    )


def _profile(store: Store, seed: JobProfileSeed) -> None:
    families: list[Value] = [
        {"Job_Family_Reference": _get(store, "Job_Family_ID", key)}
        for key in seed.job_family_ids
    ]
    basic: Document = {
        "Inactive": "0",
        "Job_Title": seed.title,
        "Job_Profile_Summary": seed.summary,
        "Job_Description": seed.description,
        FAMILY_ROWS: families,
    }
    for name, id_type, value in (
        (
            "Management_Level_Reference",
            "Management_Level_ID",
            seed.management_level_id,
        ),
        ("Job_Level_Reference", "Job_Level_ID", seed.job_level_id),
    ):
        if value:
            basic[name] = _get(store, id_type, value)
    document: Document = {
        "Job_Code": seed.job_profile_id,
        "Effective_Date": seed.effective_date.isoformat(),
        BASIC: basic,
        QUALIFICATIONS: _qualifications(store, seed),
    }
    ids = {JOB_PROFILE.id_type: seed.job_profile_id}
    instance = store.add(JOB_PROFILE.kind, ids, seed.title)
    store.put_version(instance, seed.effective_date, document)


def _qualifications(store: Store, seed: JobProfileSeed) -> Document:
    responsibilities: list[Value] = [
        {"Responsibility_Description": text, "Required": str(int(is_required))}
        for text, is_required in seed.responsibilities
    ]
    competencies: list[Value] = []
    for competency_id, rating_id, is_required in seed.competencies:
        row: Document = {
            "Competency_Reference": _get(store, "Competency_ID", competency_id),
            "Required": str(int(is_required)),
        }
        if rating_id:
            rating = _get(store, "Proficiency_Rating_ID", rating_id)
            row["Proficiency_Rating_Reference"] = rating
        competencies.append(row)
    trainings: list[Value] = [
        {
            "Training_Name": name,
            "Training_Type_Reference": _get(store, "Training_Type_ID", type_id),
            "Required": str(int(is_required)),
        }
        for name, type_id, is_required in seed.trainings
    ]
    return {
        f"{name}_Qualification_Replacement": {
            f"{name}_Qualification_Replacement_Data": rows
        }
        for name, rows in (
            ("Responsibility", responsibilities),
            ("Competency", competencies),
            ("Training", trainings),
        )
        if rows
    }
