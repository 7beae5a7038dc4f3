"""A running course and a headless Chromium. Pictures go to `MEDCODING_PICTURES` where that is set."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from minicourse import ROOT

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def chromium() -> str | None:
    """The machine's Chromium or Chrome."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Lab:
    """A course in a folder of its own, with JupyterLab running on it."""

    root: Path
    address: str
    token: str
    assignment: str = "00-start-here"
    notebook: str = "01-orientation-and-placement"
    log: Path = field(default_factory=Path)
    settings: Path = field(default_factory=Path)

    def set_theme(self, name: str) -> None:
        """As a user's own setting of the theme, read when a page is opened."""
        path = self.settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"theme": name}))

    def url(self, path: str) -> str:
        mark = "&" if "?" in path else "?"
        return f"{self.address}{path}{mark}token={self.token}"

    def answers(self) -> dict:
        path = self.root / "work" / self.assignment / "answers.json"
        return json.loads(path.read_text())["answers"] if path.exists() else {}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The real course, released as `medcoding course` does, served by `medcoding lab`."""
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine; CI must have one (apt-get install chromium)")
        pytest.skip("no Chromium on this machine")
    root = tmp_path_factory.mktemp("browser") / "course"
    shutil.copytree(ROOT / "source", root / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "course", root / "course", ignore=shutil.ignore_patterns("medcoding", "__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "exchange").mkdir()
    home = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "IPYTHONDIR": str(home / "ipython"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
    }
    medcoding = [sys.executable, "-m", "medcoding.cli"]
    done = subprocess.run([*medcoding, "course"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = root / "lab.log"
    with open(log, "wb") as out:
        server = subprocess.Popen([*medcoding, "lab", "--port", str(port), "--no-browser"], cwd=root, env=environment, stdout=out, stderr=out)
    try:
        yield Lab(root, f"http://127.0.0.1:{port}", _token(server, log, port), log=log, settings=home / "config" / "lab" / "user-settings")
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _token(server: subprocess.Popen, log: Path, port: int) -> str:
    for _ in range(600):
        found = re.search(rf"http://127\.0\.0\.1:{port}\S*token=([0-9a-f]+)", log.read_text(errors="replace"))
        if found:
            return found[1]
        assert server.poll() is None, log.read_text(errors="replace")
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start within a minute:\n" + log.read_text(errors="replace"))


@pytest.fixture(scope="session")
def chrome() -> Iterator:
    """One Chromium for all tests, those without a course too."""
    from playwright.sync_api import sync_playwright

    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine; CI must have one (apt-get install chromium)")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser(lab: Lab, chrome):
    """That Chromium, beside a running course."""
    return chrome


@pytest.fixture
def page(browser, lab: Lab) -> Iterator:
    """A fresh page; what it shows is kept where a test fails or pictures are wanted."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(45_000)
    yield page
    context.close()


@pytest.fixture
def picture():
    """Save what a page shows under a name."""

    def save(page, name: str) -> None:
        folder = os.environ.get("MEDCODING_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return save
