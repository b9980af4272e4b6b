"""Compares recorded exchanges with what the sandbox says, ids and times aside.

Ids of the recorded site are learned as answers come, one map per kind of object, and
put into later requests. Message wording is ignored; error codes are not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_KINDS = {
    "competencyid": "competency",
    "relatedcompetencyid": "competency",
    "competencyidfrom": "competency",
    "competencyidto": "competency",
    "parentid": "competency",
    "competencyframeworkid": "framework",
    "templateid": "template",
    "origtemplateid": "template",
    "planid": "plan",
    "userid": "user",
    "userids": "user",
    "usermodified": "user",
    "usercreated": "user",
    "actionuserid": "user",
    "reviewerid": "user",
    "usercompetencyid": "rating",
    "contextid": "context",
    "pagecontextid": "context",
    "courseid": "course",
    "coursecompetencyid": "course link",
    "categoryid": "category",
    "category": "category",
    "cohortid": "cohort",
    "cohortids": "cohort",
    "reportid": "report",
    "cmid": "activity",
    "instance": "activity instance",
    "iteminstance": "grade instance",
    "userevidenceid": "prior learning",
    "overrideby": "user",
    "recipientid": "user",
    "instanceid": "user",
    "itemid": "plan",
    "courseids": "course",
}
_SHAPES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"competencyframeworkid", "path"}), "competency"),
    (frozenset({"taxonomies", "scaleid"}), "framework"),
    (frozenset({"cohortscount"}), "template"),
    (frozenset({"templateid", "duedate"}), "plan"),
    (frozenset({"descidentifier"}), "evidence"),
    (frozenset({"courseid", "proficiency"}), "course rating"),
    (frozenset({"courseid", "pushratingstouserplans"}), "course settings"),
    (frozenset({"modname"}), "activity"),
    (frozenset({"section", "modules"}), "section"),
    (frozenset({"uniquehash"}), "badge"),
    (frozenset({"strftimeformat"}), "comment"),
    (frozenset({"urlshort"}), "prior learning"),
    (frozenset({"userevidenceid"}), "prior learning link"),
    (frozenset({"itemtype"}), "grade item"),
    (frozenset({"coursecount"}), "category"),
    (frozenset({"planid", "proficiency"}), "frozen rating"),
    (frozenset({"competencyid", "proficiency"}), "rating"),
    (frozenset({"courseid", "ruleoutcome"}), "course link"),
    (frozenset({"conditiondata"}), "report"),
    (frozenset({"profileimageurl"}), "user"),
    (frozenset({"fullname", "email"}), "user"),
    (frozenset({"shortname", "fullname"}), "course"),
    (frozenset({"theme", "visible", "idnumber"}), "cohort"),
    (frozenset({"position", "first"}), "path node"),
)
_ANSWER_KINDS = {
    "core_user_create_users": "user",
    "core_course_create_categories": "category",
    "core_course_create_courses": "course",
    "core_course_duplicate_course": "course",
}
"""What an answer too small to tell by its keys is about."""
_REQUEST_IDS = (
    ("user_evidence", "prior learning"),
    ("core_user_update_users", "user"),
    ("core_course_update_courses", "course"),
    ("core_badges_get_badge", "badge"),
    ("framework", "framework"),
    ("_template", "template"),
    ("list_competencies_in_template", "template"),
    ("_plan", "plan"),
    ("course_competencies", "course"),
    ("evidence", "evidence"),
    ("_competency", "competency"),
    ("cohort", "cohort"),
)
_TIMES = re.compile(
    r"time(created|modified|completed)?|userdate|cacherev|startdate|enddate|dateissued"
)
_NOT_COMPARED = frozenset(
    {
        "message",
        "debuginfo",
        "link",
        "moreinfourl",
        "cid",
        "userprivateaccesskey",
        "usermaxuploadfilesize",
        "uniquehash",
        "navigation",
        "uploadfiles",
    }
)
_SHOWN_TIME = re.compile(r"[A-Z][a-z]+day, \d+ [A-Z][a-z]+ 2\d{3}, \d+:\d+ [AP]M")
_MORE = re.compile(r"\.\.\. \d+ \w+ in all")
_NO_ID = (0, None)


@dataclass
class RecordedIds:
    """What is known of the recorded site's ids, in the sandbox's own."""

    known: dict[tuple[str, int], int] = field(default_factory=dict)
    answer_kind: str = "object"
    path_kind: str = "competency"

    def learn(self, kind: str, recorded: int, ours: int) -> bool:
        """Remember a pair of ids; false when it contradicts an earlier pair."""
        return self.known.setdefault((kind, recorded), ours) == ours

    def ours(self, kind: str, recorded: int) -> int:
        """Return the sandbox's id; an id nobody has stays as it is."""
        return self.known.get((kind, recorded), recorded)

    def request(self, function: str, form: dict[str, str]) -> dict[str, str]:
        """Return the form with the sandbox's ids."""
        return {key: self._value(function, key, form) for key in form}

    def _value(self, function: str, key: str, form: dict[str, str]) -> str:
        value = _written_out(form[key])
        name = re.findall(r"[a-z]+", key)[-1]
        if name == "arguments":
            return self._arguments(form[key.replace("arguments", "function")], value)
        if name == "ruleconfig":
            return json.dumps(self._json("", json.loads(value)))
        kind = self._kind(function, name, key, form)
        if kind == "" or not re.fullmatch(r"[\d,]+", value):
            return value
        return ",".join(str(self.ours(kind, int(part))) for part in value.split(","))

    def _kind(self, function: str, name: str, key: str, form: dict[str, str]) -> str:
        if name in _KINDS:
            return _KINDS[name]
        if name == "id":
            return next((kind for part, kind in _REQUEST_IDS if part in function), "")
        if name == "ids":
            return "course"
        if name == "values":
            return "user" if form.get("field") == "id" else ""
        return self._value_kind(name, key, form)

    def _value_kind(self, name: str, key: str, form: dict[str, str]) -> str:
        if name != "value":
            return ""
        column = form.get(key.replace("[value]", "[column]"), "") if "[" in key else ""
        if column:
            return "competency" if column == "id" else _KINDS.get(column, "")
        if form.get(key.replace("[value]", "[type]")) == "id":
            return "user" if "usertype" in key else "cohort"
        return "course" if form.get("field") in ("id", "ids") else ""

    def _arguments(self, function: str, text: str) -> str:
        try:
            return json.dumps(self._json(function, json.loads(text)))
        except ValueError:
            return text

    def _json(self, function: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._json(function, item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self.ours(self._kind(function, key, key, {}) or "competency", inner)
            if isinstance(inner, int) and (key in _KINDS or key == "id")
            else self._json(function, inner)
            for key, inner in value.items()
        }

    def compare(self, function: str, recorded: Any, ours: Any) -> list[str]:
        """Name every place where the sandbox answers a function otherwise."""
        self.answer_kind = _ANSWER_KINDS.get(function, "object")
        return self.differences(recorded, ours)

    def differences(self, recorded: Any, ours: Any, place: str = "") -> list[str]:
        """Name every place where the sandbox answers something else."""
        if isinstance(recorded, dict) and isinstance(ours, dict):
            return self._object_differences(recorded, ours, place)
        if isinstance(recorded, list) and isinstance(ours, list):
            return self._list_differences(recorded, ours, place)
        key = place.rsplit(".", 1)[-1].removesuffix("[]")
        if isinstance(recorded, str) and isinstance(ours, str):
            return self._text_differences(recorded, ours, place, key)
        if _TIMES.fullmatch(key) and bool(recorded) == bool(ours):
            return []
        kind = _KINDS.get(key, "")
        if kind and recorded not in _NO_ID and ours not in _NO_ID:
            return self._id_differences(kind, recorded, ours, place)
        same = recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool)
        return [] if same else [f"{place}: recorded {recorded!r}, sandbox {ours!r}"]

    def _object_differences(
        self, recorded: dict[str, Any], ours: dict[str, Any], place: str
    ) -> list[str]:
        found = []
        if list(recorded) != list(ours):
            missing, extra = (
                recorded.keys() - ours.keys(),
                ours.keys() - recorded.keys(),
            )
            found.append(f"{place} keys: missing {missing}, extra {extra}")
        shape = next(
            (kind for keys, kind in _SHAPES if keys <= recorded.keys()),
            self.answer_kind,
        )
        self.path_kind = shape if shape == "category" else "competency"
        skipped = set(_NOT_COMPARED)
        if "commentarea" in recorded:
            area = {"plan": "plan", "user_competency": "rating"}
            kind = area.get(str(recorded["commentarea"]), "")
            if kind:
                skipped |= {"itemid"}
                pair = (recorded["itemid"], ours["itemid"])
                found += self._id_differences(kind, *pair, f"{place}.itemid")
        for key in recorded.keys() & ours.keys() - skipped:
            if key == "id" and recorded[key] and ours[key] and shape != "path node":
                pair = (recorded[key], ours[key])
                found += self._id_differences(shape, *pair, f"{place}.id")
            elif key != "id" or not (recorded[key] and ours[key]):
                found += self.differences(recorded[key], ours[key], f"{place}.{key}")
        return found

    def _list_differences(
        self, recorded: list[Any], ours: list[Any], place: str
    ) -> list[str]:
        wanted = recorded
        if recorded and isinstance(recorded[-1], str) and _MORE.match(recorded[-1]):
            wanted = recorded[:-1]
            ours = ours[: len(wanted)]
            if place.endswith(".functions"):
                return []
        if len(wanted) != len(ours):
            return [f"{place}: recorded {len(wanted)} items, sandbox {len(ours)}"]
        pairs = zip(wanted, ours, strict=True)
        return [
            difference
            for one, other in pairs
            for difference in self.differences(one, other, f"{place}[]")
        ]

    def _id_differences(
        self, kind: str, recorded: Any, ours: Any, place: str
    ) -> list[str]:
        if self.learn(kind, recorded, ours):
            return []
        expected = self.ours(kind, recorded)
        return [f"{place}: {kind} {recorded} is {expected} here, sandbox says {ours}"]

    def _text_differences(
        self, recorded: str, ours: str, place: str, key: str
    ) -> list[str]:
        recorded = _written_out(recorded)
        if key in ("data", "exception") and recorded[:1] in "{[":
            return self.differences(json.loads(recorded), json.loads(ours), place)
        if _TIMES.fullmatch(key):
            return []
        if _SHOWN_TIME.fullmatch(recorded) and _SHOWN_TIME.fullmatch(ours):
            return []
        if key == "path":
            parts = (
                str(self.ours(self.path_kind, int(part))) if part.isdigit() else part
                for part in recorded.split("/")
            )
            recorded = "/".join(parts)
        if key == "courseimage" and recorded.startswith("data:"):
            # Drawn from the id of the course.
            recorded, ours = recorded.partition(",")[0], ours.partition(",")[0]
        if "://" in recorded or recorded.startswith("plancomment"):
            recorded, ours = _without_numbers(recorded), _without_numbers(ours)
        same = recorded == ours
        return [] if same else [f"{place}: recorded {recorded!r}, sandbox {ours!r}"]


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"https?://[^/\"]+", "", text))


def _written_out(text: str) -> str:
    """Undo the shortening of long texts in the recordings."""
    shortened = re.fullmatch(r"(.)\1\1\.\.\.\((\d+) characters\)", text)
    return shortened[1] * int(shortened[2]) if shortened else text
