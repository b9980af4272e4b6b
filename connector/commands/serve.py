"""`jobframe serve`: keep to the schedules until stopped."""

from __future__ import annotations

import click
from apscheduler.schedulers.blocking import BlockingScheduler

from connector.commands.common import Context, command
from connector.kit.errors import ConfigError
from connector.runtime.scheduler import all_schedules, watch


@click.command()
@command
def serve(context: Context) -> None:
    """Run what the schedules ask for, until you stop it."""
    with context.instance() as instance:
        known = all_schedules(instance)
        if not known:
            raise ConfigError(
                "there is no schedule yet",
                hint="Import one: a file with cron and jobs, as docs/operators.md"
                " shows.",
            )
        for schedule in known:
            context.say(f"{schedule.name}: {schedule.cron}")
        scheduler = BlockingScheduler(timezone=instance.home.time_zone)
        watch(instance, scheduler)
        try:
            scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            context.say("Stopped.")
    context.result({"stopped": True})
