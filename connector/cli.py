"""The command line, `jobframe`: assembles the commands and words every error.

Exit codes: 0 done, 1 changes pending, 2 configuration, 3 data, 4 unsafe or stale
plan, 5 target or some changes failed, 70 a defect of ours.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback

import click

from connector import __version__
from connector.commands.audit import audit
from connector.commands.common import Context
from connector.commands.config import config, init
from connector.commands.coverage import add_coverage
from connector.commands.demo import demo
from connector.commands.doctor import doctor
from connector.commands.evidence import evidence
from connector.commands.findings import findings
from connector.commands.framework import framework
from connector.commands.growing import signals
from connector.commands.mobility import mobility
from connector.commands.moves import moves
from connector.commands.people import people
from connector.commands.plan import apply, approve, plan
from connector.commands.privacy import privacy
from connector.commands.readiness import readiness
from connector.commands.reviews import reviews
from connector.commands.runs import runs
from connector.commands.sandbox import sandbox
from connector.commands.serve import serve
from connector.commands.setup import export
from connector.commands.tasks import tasks
from connector.kit.errors import ConfigError, ConnectorError

_PROBLEMS_SHOWN = 50
#: Exit codes that shells use for an end from outside: Ctrl-C, and a closed pipe.
STOPPED, PIPE_CLOSED = 130, 141


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96}
)
@click.version_option(__version__, prog_name="jobframe")
def jobframe() -> None:
    """Keep an HRIS and an LMS equal to one job framework, through a reviewed plan."""


add_coverage(people)
for _command in (
    demo,
    init,
    doctor,
    framework,
    plan,
    approve,
    apply,
    findings,
    tasks,
    runs,
    people,
    evidence,
    readiness,
    mobility,
    signals,
    moves,
    reviews,
    privacy,
    audit,
    sandbox,
    export,
    serve,
    config,
):
    jobframe.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    arguments = sys.argv[1:] if arguments is None else arguments
    code = run(arguments)
    if code == PIPE_CLOSED:
        # What is still buffered goes nowhere, or Python complains when it leaves
        # (its documentation's note on SIGPIPE).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code and raises nothing."""
    is_json = "--json" in arguments
    try:
        code = jobframe.main(arguments, prog_name="jobframe", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return STOPPED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ConfigError.exit_code
    except click.UsageError as error:
        problem = ConfigError(error.format_message(), hint=_usage_hint(error))
        return _fail(problem, is_json=is_json)
    except ConnectorError as error:
        return _fail(error, is_json=is_json)
    except (BrokenPipeError, SystemExit):
        # The one who read our output went away, as `head` does; rich asks to leave.
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is None:
            return _fail_as_bug(error, is_json=is_json)
        problem = ConfigError(
            f"{error.filename} cannot be used: {error.strerror}",
            hint="Check the path, its permissions and the room on its disk.",
        )
        return _fail(problem, is_json=is_json)
    except Exception as error:  # noqa: BLE001 - the last place that can word it
        return _fail_as_bug(error, is_json=is_json)
    return code if isinstance(code, int) else 0


def _fail_as_bug(error: Exception, *, is_json: bool) -> int:
    """Word what nobody foresaw; the lines above it are for whom it is reported to."""
    traceback.print_exc()
    bug = ConnectorError(
        f"a defect of the connector: {type(error).__name__}",
        hint="Report it with the lines above and what you did.",
    )
    return _fail(bug, is_json=is_json)


def _usage_hint(error: click.UsageError) -> str:
    if error.ctx is None:
        return "See `jobframe --help`."
    return f"See `{error.ctx.command_path} --help`."


def _fail(error: ConnectorError, *, is_json: bool) -> int:
    """Word an error: message, problems, hint on stderr; one JSON value on stdout."""
    context = Context(None, is_json, "")
    context.err.print(
        f"error: {error.message}", style="bold red", markup=False, soft_wrap=True
    )
    for problem in error.problems[:_PROBLEMS_SHOWN]:
        context.err.print(f"  {problem}", markup=False, soft_wrap=True)
    if len(error.problems) > _PROBLEMS_SHOWN:
        more = len(error.problems) - _PROBLEMS_SHOWN
        context.err.print(f"  … and {more} more", style="dim")
    if error.hint:
        context.err.print(error.hint, style="dim", markup=False, soft_wrap=True)
    if is_json:
        click.echo(json.dumps({"error": error.as_json()}, ensure_ascii=False))
    return error.exit_code
