"""Starting JupyterLab for the course: on 127.0.0.1, at the course home page."""

from __future__ import annotations

import errno
import os
import socket
import sys
import webbrowser
from pathlib import Path

HOME = "/lab/tree/work/Home.md"


def lay_home_page(root: Path) -> Path:
    """Put the course home page into students' work folder, where JupyterLab lands; returns its path."""
    page = root / "work" / "Home.md"
    page.parent.mkdir(exist_ok=True)
    text = (root / "course" / "home.md").read_bytes()
    if not page.is_file() or page.read_bytes() != text:
        page.write_bytes(text)
    return page


def port_problem(port: int) -> str | None:
    """Why a server cannot listen on a port of 127.0.0.1, and what to do; None if it can."""
    if not 1 <= port <= 65535:
        return f"{port} is no port; choose one between 1024 and 65535, for example PORT=8888."
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"Port {port} is taken, perhaps by a course that is already running: open http://127.0.0.1:{port}/lab in a browser, "
                    f"or start on another port: make course PORT={port + 1 if port < 65535 else port - 1}"
                )
            return f"Port {port} cannot be used: {error.strerror}. Choose another: make course PORT=8889"
    return None


def has_browser() -> bool:
    """Whether there is a screen and a browser to open."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def command(root: Path, port: int, browser: bool) -> list[str]:
    """The command line that starts JupyterLab for the course in `root`."""
    line = [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url={HOME}",
        f"--LabApp.app_settings_dir={root / 'course' / 'lab'}",  # Markdown opens as a page to read
    ]
    if not browser:
        line.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        line.append("--allow-root")
    return line


def start(root: Path, *, port: int, browser: bool = True) -> int:
    """Become JupyterLab, which runs until it is stopped. A port that cannot be had gives 1 and a sentence."""
    problem = port_problem(port)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"The course opens at the address below (127.0.0.1, port {port}). Stop it with Ctrl+C.", flush=True)
    lay_home_page(root)
    line = command(root, port, browser and has_browser())
    os.chdir(root)
    known = os.environ.get("JUPYTER_CONFIG_PATH", "")  # nbgrader's extensions look for its configuration from students' folders too
    os.environ["JUPYTER_CONFIG_PATH"] = f"{root}{os.pathsep}{known}" if known else str(root)
    os.execv(line[0], line)  # noqa: S606 so that signals reach JupyterLab itself
