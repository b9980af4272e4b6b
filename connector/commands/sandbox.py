"""`jobframe sandbox NAME`: a small strict stand-in for a platform, on loopback."""

from __future__ import annotations

import json
import threading

import click

from connector.commands.common import Context, command
from connector.framework import load_framework
from connector.kit.protocols import RunningSandbox, SandboxSeed
from connector.runtime.example import load_people
from connector.runtime.manifest import load_adapter
from connector.runtime.resources import shipped

EXAMPLE = "examples/quillmere"


def example_seed() -> SandboxSeed:
    """Return the people, courses, levels and regions of the shipped example."""
    example = load_people(shipped(f"{EXAMPLE}/people.yaml"))
    framework = load_framework(shipped(f"{EXAMPLE}/framework"))
    return SandboxSeed(
        people=example.people,
        courses=example.courses,
        levels={level.key: str(level.name) for level in framework.levels.values()},
        regions={region.key: region.currency for region in framework.regions.values()},
    )


@click.command()
@click.argument("name")
@click.option("--port", type=int, default=0, help="Port on 127.0.0.1; 0: a free one.")
@click.option("--bare", is_flag=True, help="Without the example's people and courses.")
@command
def sandbox(context: Context, name: str, port: int, *, bare: bool) -> None:
    """Run the sandbox of the adapter NAME until you stop it."""
    seed = SandboxSeed() if bare else example_seed()
    running = load_adapter(name).start_sandbox(seed, port)
    try:
        context.result(
            {
                "url": running.url,
                "settings": running.settings(),
                "secrets": running.secrets(),
            },
            connection_lines(name, running),
        )
        wait_for_stop()
    finally:
        running.close()


def connection_lines(name: str, running: RunningSandbox) -> list[str]:
    """Return what to write into a connection to a sandbox."""
    settings = json.dumps(running.settings(), indent=2)
    lines = [f"The {name} sandbox is up at {running.url}.", f"settings: {settings}"]
    for secret, value in running.secrets().items():
        lines.append(f"secret {secret}: {value}")
    lines.append("Stop it with Ctrl-C.")
    return lines


def wait_for_stop() -> None:
    """Wait until somebody presses Ctrl-C or ends the process."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
