"""The evidence packet of a move: what the target asks for, and what shows it.

Plain data, as it is kept with a proposal and shown to who decides. No figure of pay is
in it, and no score: what is presumed is said to be presumed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.framework.ladder import Ladder
from connector.framework.model import Framework, PayBand
from connector.kit.values import MoveKind
from connector.talent.readiness import (
    ContributionState,
    Readiness,
    RequirementState,
    State,
)
from connector.talent.standing import Contribution, PersonStanding, Proof
from connector.talent.wording import (
    contribution_sentence,
    obstacle_sentences,
    sentence,
    verdict,
)
from connector.talent.workforce import role_of


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a packet is made on: framework, release and day."""

    framework: Framework
    release: str
    as_of: date


def packet_of(
    grounds: Grounds,
    standing: PersonStanding,
    found: Readiness,
    from_role: str,
    mutual: Collection[str] = (),
) -> dict[str, Any]:
    """Return the packet of a move from one role, by key, into the target of `found`.

    `mutual` are those who vouched for the person and for whom the person vouched.
    """
    framework = grounds.framework
    target = found.target
    to_role = "/".join(filter(None, (target.role, target.focus_area)))
    made = [each for each in standing.contributions if each.counts(grounds.as_of)]
    before, after = told_role(framework, from_role), told_role(framework, to_role)
    return {
        "release": grounds.release,
        "as_of": grounds.as_of.isoformat(),
        "from": before,
        "to": after,
        "move": target.move or "",
        "keeps_title": bool(before["title"]) and before["title"] == after["title"],
        "keeps_grade": bool(before["grade"]) and before["grade"] == after["grade"],
        "loss": loss_of(framework, from_role, to_role),
        "is_met": found.is_met,
        "may_be_proposed": found.may_be_proposed,
        "says": verdict(framework, found),
        "eligibility": list(obstacle_sentences(found.eligibility)),
        "requirements": [_requirement(framework, each) for each in found.requirements],
        "contributions": [_contribution(each) for each in found.contributions],
        "contributions_made": [
            {"id": each.id, "kind": each.kind, "on": str(each.on), "words": each.words}
            for each in made
        ],
        "certifications": [
            {
                "key": each.certification,
                "name": str(framework.certifications[each.certification].name),
                "held": each.is_shown,
            }
            for each in found.certifications
        ],
        "presumed": sum(each.state is State.PRESUMED for each in found.requirements),
        "mutual": sorted(mutual),
        "rests_on": _rests_on(found, made),
    }


def _contribution(found: ContributionState) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "state": found.state.value,
        "wanted": found.wanted,
        "counted": found.counted,
        "says": contribution_sentence(found),
    }


def _rests_on(found: Readiness, made: Collection[Contribution]) -> dict[str, Any]:
    proofs = {proof.id for each in found.requirements for proof in each.proofs}
    counted = [each.id for each in made] if found.contributions else []
    return {"evidence": sorted(proofs), "contributions": sorted(counted)}


def basis_of(packet: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision about a packet rests on; equal where nothing changed."""
    return {
        "rests_on": packet.get("rests_on"),
        "states": [
            [each["competency"], each["step"], each["state"]]
            for each in packet.get("requirements", ())
        ],
    }


def told_role(framework: Framework, key: str) -> dict[str, Any]:
    """Return a role for people to read: name, title, level and grade, empty if unknown.

    The title is what is on the business card: the attribute `title`, else the name.
    """
    name, area = role_of(key)
    role = framework.roles.get(name)
    if role is None:
        told = ("name", "title", "focus_area", "level", "level_name", "grade")
        return {"role": key, **dict.fromkeys(told, "")}
    level = framework.levels.get(role.level or "")
    areas = {each.key: str(each.name) for each in role.focus_areas}
    return {
        "role": key,
        "name": str(role.name),
        "title": role.attributes.get("title", str(role.name)),
        "focus_area": areas.get(area or "", ""),
        "level": level.key if level else "",
        "level_name": str(level.name) if level else "",
        "grade": (level.grade or "") if level else "",
    }


def kind_of(framework: Framework, from_role: str, to_role: str) -> MoveKind:
    """Return whether a move leads up the ladder; parity is no step up."""
    before, after = _levels(framework, from_role, to_role)
    if not (before and after):
        return MoveKind.LATERAL
    is_above = Ladder(framework.levels).is_above(after, before)
    return MoveKind.LEVEL if is_above else MoveKind.LATERAL


def loss_of(framework: Framework, from_role: str, to_role: str) -> str:
    """Return what a move would lower, in words; empty where it lowers nothing.

    Pay bands are compared region by region, and no figure is told.
    """
    before, after = _levels(framework, from_role, to_role)
    if not (before and after):
        return ""
    told = []
    if Ladder(framework.levels).is_above(before, after):
        names = framework.levels[before].name, framework.levels[after].name
        told.append(f"The move lowers the level from {names[0]} to {names[1]}.")
    regions = [
        str(framework.regions[region].name)
        for region in framework.regions
        if _is_lower(band_of(framework, before, region), after, framework, region)
    ]
    if regions:
        told.append(f"It leads into a lower pay band: {', '.join(regions)}.")
    return " ".join(told)


def band_of(framework: Framework, level: str, region: str) -> PayBand | None:
    """Return the pay band of a level in a region, none where there is none."""
    found = framework.levels.get(level)
    grade = found.grade if found else None
    return next(
        (
            band
            for band in framework.pay_bands.values()
            if grade is not None
            and (band.grade, band.region) == (grade, region)
            and not band.is_retired
        ),
        None,
    )


def _is_lower(
    before: PayBand | None, level: str, framework: Framework, region: str
) -> bool:
    after = band_of(framework, level, region)
    if before is None or after is None or before.currency != after.currency:
        return False
    return after.midpoint < before.midpoint or after.maximum < before.maximum


def _levels(
    framework: Framework, from_role: str, to_role: str
) -> tuple[str | None, str | None]:
    roles = (framework.roles.get(role_of(key)[0]) for key in (from_role, to_role))
    before, after = (role.level if role else None for role in roles)
    return before, after


def _requirement(framework: Framework, state: RequirementState) -> dict[str, Any]:
    requirement = state.requirement
    return {
        "competency": requirement.competency,
        "name": str(framework.competencies[requirement.competency].name),
        "step": requirement.step or "",
        "importance": requirement.importance.value,
        "origin": requirement.origin.value,
        "state": state.state.value,
        "is_confirmed": state.is_confirmed,
        "says": sentence(framework, state),
        "evidence": list(_proofs(framework, state.proofs)),
    }


def _proofs(
    framework: Framework, proofs: Collection[Proof]
) -> Iterator[dict[str, Any]]:
    for proof in proofs:
        steps = {
            each.key: str(each.name) for each in framework.steps_of(proof.competency)
        }
        yield {
            "id": proof.id,
            "step": proof.step,
            "step_name": steps.get(proof.step, proof.step),
            "basis": proof.basis.value,
            "on": proof.achieved_on.isoformat(),
            "expires_on": proof.expires_on.isoformat() if proof.expires_on else "",
            "source": proof.provenance,
        }


def packet_lines(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield a proposal with its packet in plain sentences."""
    packet = value["packet"]
    yield f"{value['reference']}  {value['state']}: {value['reason']}"
    if value["message"]:
        yield f"  {value['message']}"
    if not packet:
        yield "  It holds no evidence: it was drafted by hand, and readiness was off."
        return
    before, after = packet["from"], packet["to"]
    yield f"  from {before['name'] or 'no role'} into {after['name']}"
    yield from (f"  {line}" for line in statements(packet))
    yield from (f"  {each['says']}" for each in packet["requirements"])
    yield from (f"  {each['says']}" for each in packet["contributions"])
    for each in packet["certifications"]:
        held = "held" if each["held"] else "not shown"
        yield f"  {each['name']}: {held}."
    yield f"  {packet['says']}"


def statements(packet: Mapping[str, Any]) -> Iterator[str]:
    """Yield what somebody who decides has to know beside the requirements."""
    if packet["keeps_title"]:
        yield f"The title stays: {packet['to']['title']}."
    if packet["loss"]:
        yield packet["loss"]
    if packet["presumed"]:
        yield (
            f"{packet['presumed']} of {len(packet['requirements'])} requirements are"
            " presumed from the role held; no evidence shows them."
        )
    if packet["mutual"]:
        yield (
            "Flagged: the person and somebody who vouched for them vouched for one"
            f" another ({len(packet['mutual'])})."
        )
    if packet.get("taken_back"):
        yield f"Since it was started: {packet['taken_back']}"
