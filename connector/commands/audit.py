"""`jobframe audit`: whether the record of what was done is whole."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.common import Context, command, write_file
from connector.kit.errors import ConfigError, Problem
from connector.store import audit as chain


@click.group()
def audit() -> None:
    """Check the chain of audit entries, and export its head."""


@audit.command()
@click.option(
    "--head",
    "pinned",
    metavar="NUMBER:HASH",
    help="A head exported before, which the chain must still hold.",
)
@command
def verify(context: Context, pinned: str | None) -> None:
    """Check that no entry was changed, removed or put in between."""
    with context.instance() as instance, instance.database.read() as conn:
        problems = chain.verify(conn)
        if pinned is not None:
            problems += _pinned(pinned, chain.hash_of(conn, _number(pinned)))
        last = chain.head(conn)
    if problems:
        raise ConfigError(
            "the audit was tampered with",
            hint="Compare with a backup, and find out who can write to the database.",
            problems=problems,
        )
    context.result(
        {"entries": last.sequence, "hash": last.hash, "is_whole": True},
        [
            f"{last.sequence} entries, the chain is whole.",
            f"{last.sequence}:{last.hash}",
        ],
    )


@audit.command()
@click.option(
    "--to", "path", type=click.Path(path_type=Path), help="Write it into this file."
)
@command
def head(context: Context, path: Path | None) -> None:
    """Export the end of the chain: keep it with each backup, and apart from it."""
    with context.instance() as instance, instance.database.read() as conn:
        last = chain.head(conn)
    text = f"{last.sequence}:{last.hash}"
    if path is not None:
        write_file(path, f"{text}\n")
    context.result({"entries": last.sequence, "hash": last.hash}, [text])


def _number(pinned: str) -> int:
    number, _, digest = pinned.partition(":")
    if not number.isdecimal() or not digest:
        raise ConfigError(
            f"“{pinned}” is no head of the audit",
            hint="Give what `jobframe audit head` printed: NUMBER:HASH.",
        )
    return int(number)


def _pinned(pinned: str, found: str | None) -> list[Problem]:
    digest = pinned.partition(":")[2].strip()
    if found == digest:
        return []
    message = "It is not the entry that the exported head names."
    return [Problem(f"audit entry {_number(pinned)}", message)]
