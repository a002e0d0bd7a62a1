"""A Dockerfile's instructions, and a build of them in an empty directory without Docker.

What lies below /opt/portal in the image lies below the same path in a directory of the stage. "python" is a fresh
virtual environment with pip, which stands for the one of the base image.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "/opt/portal"


def instructions(text: str) -> list[tuple[str, str]]:
    """("RUN", "the rest of the line") and so on; raises ValueError for a line that is none."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    found = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            match = re.fullmatch(r"([A-Z]+) +(.*\S)\s*", line)
            if not match:
                raise ValueError(f"no instruction: {line}")
            found.append(match.groups())
    return found


@dataclass
class Stage:
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "root"
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)

    def here(self, text: str) -> str:
        """Paths of the image as paths of this machine."""
        return text.replace(PREFIX, f"{self.root}{PREFIX}")

    @property
    def variables(self):
        """The environment of a process of this stage, and nothing of ours."""
        base = f"{self.root}/base/bin:/usr/bin:/bin"
        kept = {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}  # which package index
        own = {name: self.here(value).replace("$PATH", base) for name, value in self.environment.items()}
        return kept | {"PATH": base, "LANG": "C.UTF-8"} | own

    def run(self, line: str) -> None:
        variables = self.variables | {"PIP_NO_CACHE_DIR": "0"}  # what this machine has it need not load again
        done = subprocess.run(
            ["sh", "-ec", self.here(line)], cwd=self.place(self.workdir), env=variables, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"RUN {line}\n{done.stdout}{done.stderr}")

    def place(self, path: str) -> Path:
        found = Path(self.here(path)) if path.startswith(PREFIX) else Path(f"{self.root}/{path.lstrip('/')}")
        found.mkdir(parents=True, exist_ok=True)
        return found

    def copy(self, sources: list[Path], target: str) -> None:
        into = Path(self.here(target if target.startswith("/") else f"{self.workdir}/{target}"))
        for source in sources:
            to = into / source.name if target.endswith("/") else into
            to.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, to, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, to)


def build(dockerfile: Path, folder: Path) -> Stage:
    """The last stage, built in `folder`."""
    stages = {}
    for name, rest in instructions(dockerfile.read_text()):
        words = shlex.split(rest)
        if name == "FROM":
            stage = Stage(folder / f"stage{len(stages)}")
            stages[words[2] if "AS" in words else ""] = stage
            subprocess.run([sys.executable, "-m", "venv", stage.root / "base"], check=True)
            if os.geteuid() != 0:  # who may not give files away leaves them as they are
                (stage.root / "base/bin/chown").symlink_to("/bin/true")
        elif name == "COPY" and words[0].startswith("--from="):
            stage.copy([Path(stages[words[0].removeprefix("--from=")].here(path)) for path in words[1:-1]], words[-1])
        elif name == "COPY":
            stage.copy([dockerfile.parent / path for path in words[:-1]], words[-1])
        elif name == "RUN":
            stage.run(rest)
        elif name == "ENV":
            stage.environment |= dict(word.split("=", 1) for word in words)
        elif name == "WORKDIR":
            stage.workdir = rest
            stage.place(rest)
        elif name == "USER":
            stage.user = rest
        elif name == "CMD":
            stage.command = json.loads(rest)
        elif name == "HEALTHCHECK":
            stage.healthcheck = json.loads(rest.partition("CMD ")[2])
        elif name != "EXPOSE":
            raise ValueError(f"{name} is not known here")
    return stage
