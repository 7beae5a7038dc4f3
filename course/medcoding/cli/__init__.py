"""The command `medcoding`. Each command stands in a module of this package that adds its parser."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

MODULES = ("course", "bank", "coverage", "codes", "grade", "feedback", "regrade", "lms", "report")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code (0 well, 1 refused or faults found, 2 wrong usage)."""
    parser = argparse.ArgumentParser(prog="medcoding", description="A Jupyter course in US medical coding.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in MODULES:
        if importlib.util.find_spec(f"medcoding.cli.{name}"):
            importlib.import_module(f"medcoding.cli.{name}").add(commands)
    options = parser.parse_args(argv)
    own = str(Path(sys.executable).parent)  # nbgrader runs `alembic` and `jupyter` by name
    if own not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = own + os.pathsep + os.environ.get("PATH", "")
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader has seen enough, as in `medcoding codes changes … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
