"""The named peers: `moodlepy` from PyPI, and Moodle's own importer of CSV files."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from adapters.moodle.facts import REST_PATH, RULE_ALL
from connector.kit.values import Record, Ref
from support.sites import Site
from support.trees import NODE_KINDS, write_csv

#: A client that makes one competency a request is measured on no more than so many;
#: its time for a larger tree is scaled.
MOST = 1000


def has_moodlepy() -> bool:
    """Tell whether the extra `bench` is installed."""
    return importlib.util.find_spec("moodle") is not None


def import_csv(command: str, records: Sequence[Record], site: Site) -> float:
    """Run the importer's command on a file with the records; returns its seconds."""
    with tempfile.TemporaryDirectory(prefix="jobframe-bench-") as folder:
        path = Path(folder) / "framework.csv"
        write_csv(records, site.scale_values, path)
        # The importer may run as another user.
        Path(folder).chmod(0o755)
        path.chmod(0o644)
        started = time.perf_counter()
        subprocess.run(  # noqa: S602  # the user's own command
            f"{command} {shlex.quote(str(path))}",
            shell=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


def write_with_moodlepy(records: Iterable[Record], site: Site, scale: int) -> float:
    """Write records as a program on `moodlepy` would, one call for each.

    Returns the seconds it took, scaled to all the records.
    """
    from moodle import Moodle

    moodle = Moodle(f"{site.url}{REST_PATH}", site.token)
    api = moodle.core.competency
    ids: dict[Ref, int] = {}

    def refer(value: object) -> int:
        return ids[value] if isinstance(value, Ref) else 0

    seconds = 0.0
    for kind in ("framework", *NODE_KINDS, "step_rule"):
        of_kind = [record for record in records if record.kind == kind]
        written = 0
        started = time.perf_counter()
        for record in of_kind[:MOST]:
            if not _is_within_reach(record, ids):
                continue
            written += 1
            answer = _WRITES[kind](api, record, refer, scale)
            if isinstance(answer, Mapping):
                ids[record.ref] = int(answer["id"])
        taken = time.perf_counter() - started
        seconds += taken * len(of_kind) / max(1, written)
    return seconds


def _is_within_reach(record: Record, ids: Mapping[Ref, int]) -> bool:
    """Tell whether what a record lies in, or is about, is among those written."""
    ends = [record.fields.get(name) for name in ("parent", "node")]
    return all(end in ids for end in ends if isinstance(end, Ref))


Refer = Callable[[object], int]


def _framework(api: object, record: Record, _refer: Refer, scale: int) -> object:
    good = record.fields["proficient_from"]
    return api.create_competency_framework(  # type: ignore[attr-defined]
        **{
            "competencyframework[shortname]": record.fields["shortname"],
            "competencyframework[idnumber]": record.identity,
            "competencyframework[description]": record.fields["description"],
            "competencyframework[descriptionformat]": 1,
            "competencyframework[contextid]": 1,
            "competencyframework[scaleid]": scale,
            "competencyframework[scaleconfiguration]": f'[{{"scaleid":"{scale}"}},'
            f'{{"id":{good},"scaledefault":1,"proficient":1}}]',
        }
    )


def _node(api: object, record: Record, refer: Refer, _scale: int) -> object:
    return api.create_competency(  # type: ignore[attr-defined]
        **{
            "competency[shortname]": record.fields["shortname"],
            "competency[idnumber]": record.identity,
            "competency[description]": record.fields["description"],
            "competency[descriptionformat]": 1,
            "competency[competencyframeworkid]": refer(record.fields["framework"]),
            "competency[parentid]": refer(record.fields["parent"]),
        }
    )


def _rule(api: object, record: Record, refer: Refer, _scale: int) -> object:
    return api.update_competency(  # type: ignore[attr-defined]
        **{
            "competency[id]": refer(record.fields["node"]),
            "competency[ruletype]": RULE_ALL,
            "competency[ruleoutcome]": 2,
        }
    )


_WRITES = {
    "framework": _framework,
    **dict.fromkeys(NODE_KINDS, _node),
    "step_rule": _rule,
}
