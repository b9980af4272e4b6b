"""Checks regions and pay bands.

Pure. Messages name keys, never amounts: pay stays out of logs and reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from connector.framework.model import Framework, PayBand
from connector.kit.errors import Problem

_CURRENCY = re.compile("[A-Z]{3}")
_COUNTRY = re.compile("[A-Z]{2}")


def check_regions(framework: Framework) -> Iterator[Problem]:
    """Yield currencies and countries that are no ISO codes by their form."""
    for region in framework.regions.values():
        if not _CURRENCY.fullmatch(region.currency):
            yield Problem(
                region.place,
                f'region "{region.key}" has the currency "{region.currency}"',
                "Write the three capital letters of ISO 4217, such as EUR.",
                region.key,
            )
        for country in region.countries:
            if not _COUNTRY.fullmatch(country):
                yield Problem(
                    region.place,
                    f'region "{region.key}" has the country "{country}"',
                    "Write the two capital letters of ISO 3166, such as PL.",
                    region.key,
                )


def check_pay_bands(framework: Framework) -> Iterator[Problem]:
    """Yield bands out of order, in a foreign currency, or beside another."""
    seen: dict[tuple[str, str], PayBand] = {}
    for band in framework.pay_bands.values():
        yield from _check_amounts(band)
        region = framework.regions.get(band.region)
        if region is not None and region.currency != band.currency:
            yield Problem(
                band.place,
                f'pay band "{band.key}" is in {band.currency}, its region '
                f'"{region.key}" in {region.currency}',
                "A band is in the currency of its region.",
                band.key,
            )
        if band.is_retired:
            continue
        known = seen.setdefault((band.grade, band.region), band)
        if known is not band:
            yield Problem(
                band.place,
                f'pay bands "{known.key}" and "{band.key}" are both for grade '
                f'"{band.grade}" in region "{band.region}"',
                "Keep one, or retire the older.",
                band.key,
            )


def _check_amounts(band: PayBand) -> Iterator[Problem]:
    if not Decimal(0) <= band.minimum <= band.midpoint <= band.maximum:
        yield Problem(
            band.place,
            f'pay band "{band.key}" is out of order',
            "minimum, midpoint and maximum must rise, from zero or more.",
            band.key,
        )
    if min(band.bonus_target or 0, band.equity or 0) < 0:
        yield Problem(
            band.place,
            f'pay band "{band.key}" has a negative bonus target or equity',
            "Write shares of base pay, such as 0.1.",
            band.key,
        )
