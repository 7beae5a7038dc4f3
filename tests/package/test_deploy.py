"""The files in deploy/ do what they say: scripts bring up a cluster and grade on it, descriptions are well formed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from minicourse import FULL, MiniCourse

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def _port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _stand_in(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(0o755)


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "MEDCODING_PYTHON": sys.executable}


@pytest.mark.scale
def test_the_ssh_script_grades_on_the_machines_named(released: MiniCourse, tmp_path: Path) -> None:
    for student in ("ada", "bob", "cyd"):
        released.submit(student)
    _stand_in(tmp_path / "bin", "ssh", f'echo "$@" >>"{tmp_path}/calls"; shift 3; exec "$@"')  # -o BatchMode=yes HOST command
    done = subprocess.run(
        [str(DEPLOY / "ssh" / "cluster.sh"), "--hosts", "lab1 lab2", "--workers", "1", "--address", "127.0.0.1", "--port", _port(),
         "--python", sys.executable, "--", "medcoding", "grade", "05"],
        cwd=released.root, env=_environment(tmp_path / "bin"), capture_output=True, text=True, check=False, timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 graded" in done.stdout
    assert released.grades("bob") == FULL
    calls = (tmp_path / "calls").read_text()
    assert "lab1" in calls and "lab2" in calls and calls.count("--nthreads 1") == 2


def test_the_ssh_script_says_what_it_needs(tmp_path: Path) -> None:
    done = subprocess.run([str(DEPLOY / "ssh" / "cluster.sh"), "--hosts", "lab1"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2 and "--address" in done.stderr


@pytest.mark.scale
def test_the_slurm_job_grades_in_its_allocation(released: MiniCourse, tmp_path: Path) -> None:
    for student in ("ada", "bob"):
        released.submit(student)
    _stand_in(tmp_path / "bin", "srun", 'for _ in $(seq "$SLURM_NTASKS"); do "$@" & done; wait')
    done = subprocess.run(
        ["bash", str(DEPLOY / "slurm" / "grade.sbatch"), "05"], cwd=released.root, capture_output=True, text=True, check=False, timeout=180,
        env={**_environment(tmp_path / "bin"), "SLURM_NTASKS": "2", "MEDCODING_ADDRESS": "127.0.0.1", "MEDCODING_PORT": _port()},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 graded" in done.stdout


def test_kubernetes_descriptions_are_well_formed_and_closed() -> None:
    kinds = {}
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        for one in yaml.safe_load_all(path.read_text()):
            assert one["apiVersion"] and one["metadata"]["name"].startswith("medcoding")
            kinds.setdefault(one["kind"], []).append(one)
    assert sorted(kinds) == ["Deployment", "Job", "NetworkPolicy", "Service"]
    for one in [*kinds["Deployment"], *kinds["Job"]]:
        spec = one["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsNonRoot"] and spec["automountServiceAccountToken"] is False
        assert one["spec"]["template"]["metadata"]["labels"]["app"] == "medcoding", "the network policy speaks of it"
    (workers,) = [one for one in kinds["Deployment"] if one["metadata"]["name"] == "medcoding-workers"]
    command = workers["spec"]["template"]["spec"]["containers"][0]["command"]
    assert command[command.index("--nthreads") + 1] == "1"
    assert kinds["Service"][0]["metadata"]["name"] in " ".join(command)


def test_the_image_takes_what_the_course_has() -> None:
    text = (DEPLOY / "kubernetes" / "Dockerfile").read_text()
    root = DEPLOY.parent
    for line in text.splitlines():
        if line.startswith("COPY "):
            for name in line.split()[1:-1]:
                assert (root / name).exists(), name
