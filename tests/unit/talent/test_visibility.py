"""Who may see what of whom, as a table: own, reports, by scope, what is shared."""

from __future__ import annotations

import pytest

from connector.talent.visibility import (
    BandsShown,
    HrScope,
    Viewed,
    Viewer,
    What,
    may_see,
)

#: Zofia works in Poland under Marek, who works under Irena; she shares her growth with
#: her mentor Tomasz.
ZOFIA = Viewed(
    person_id="zofia",
    managers=("marek", "irena"),
    connections=frozenset({"workday"}),
    countries=frozenset({"PL"}),
    shared={"tomasz": frozenset({What.GROWTH})},
)
HR_ALL = HrScope(connections=frozenset({"workday"}))
HR_POLAND = HrScope(
    connections=frozenset({"workday"}), countries=frozenset({"PL"}), may_see_pay=True
)
HR_GERMANY = HrScope(
    connections=frozenset({"workday"}), countries=frozenset({"DE"}), may_see_pay=True
)
HR_ELSEWHERE = HrScope(connections=frozenset({"another"}), may_see_pay=True)
OWN, NEXT = What.OWN_BAND, What.NEXT_BAND
DATA = {What.PROFILE, What.GROWTH, What.MOVES}
NONE: set[What] = set()


@pytest.mark.parametrize(
    ("viewer", "bands", "seen"),
    [
        (Viewer(person_id="zofia"), {}, DATA),
        (Viewer(person_id="zofia"), {"PL": BandsShown.NONE}, DATA),
        (Viewer(person_id="zofia"), {"PL": BandsShown.OWN}, DATA | {OWN}),
        (
            Viewer(person_id="zofia"),
            {"PL": BandsShown.OWN_AND_NEXT},
            DATA | {OWN, NEXT},
        ),
        (Viewer(person_id="zofia"), {"DE": BandsShown.OWN_AND_NEXT}, DATA),
        (Viewer(person_id="marek"), {"PL": BandsShown.OWN_AND_NEXT}, DATA),
        (Viewer(person_id="irena"), {}, DATA),
        (Viewer(person_id="colleague"), {"PL": BandsShown.OWN_AND_NEXT}, NONE),
        (Viewer(person_id="tomasz"), {"PL": BandsShown.OWN_AND_NEXT}, {What.GROWTH}),
        (Viewer(hr=HR_ALL), {"PL": BandsShown.OWN_AND_NEXT}, DATA),
        (Viewer(hr=HR_POLAND), {}, DATA | {OWN, NEXT}),
        (Viewer(hr=HR_GERMANY), {"PL": BandsShown.OWN_AND_NEXT}, NONE),
        (Viewer(hr=HR_ELSEWHERE), {}, NONE),
        (Viewer(person_id="marek", hr=HR_GERMANY), {}, DATA),
        (Viewer(), {"PL": BandsShown.OWN_AND_NEXT}, NONE),
    ],
    ids=[
        "own data, no band unless the country says so",
        "own data, a country that shows no band",
        "own data, own band",
        "own data, own and next band",
        "own data, the setting of another country",
        "the manager sees no pay",
        "the manager's manager",
        "a colleague",
        "a mentor sees what is shared",
        "HR of everybody, without the right to pay",
        "HR of Poland, with the right to pay",
        "HR of Germany",
        "HR of another connection",
        "a manager who is HR elsewhere",
        "nobody known",
    ],
)
def test_who_sees_what(
    viewer: Viewer, bands: dict[str, BandsShown], seen: set[What]
) -> None:
    assert {what for what in What if may_see(viewer, ZOFIA, what, bands)} == seen


@pytest.mark.parametrize("who", ["zofia", "marek", "tomasz"])
def test_a_launch_shows_own_data_only_and_never_pay(who: str) -> None:
    bands = {"PL": BandsShown.OWN_AND_NEXT}
    launched = Viewer(person_id=who, hr=HR_POLAND, is_launch=True)
    seen = {what for what in What if may_see(launched, ZOFIA, what, bands)}
    assert seen == (DATA if who == "zofia" else NONE)


def test_nobody_who_works_in_two_countries_sees_a_band_that_one_of_them_hides() -> None:
    both = Viewed(person_id="zofia", countries=frozenset({"PL", "DE"}))
    bands = {"PL": BandsShown.OWN_AND_NEXT, "DE": BandsShown.OWN}
    viewer = Viewer(person_id="zofia")
    assert may_see(viewer, both, What.OWN_BAND, bands)
    assert not may_see(viewer, both, What.NEXT_BAND, bands)


def test_an_unknown_viewer_is_nobody_whose_id_is_empty() -> None:
    assert not may_see(Viewer(), Viewed(person_id=""), What.PROFILE)
