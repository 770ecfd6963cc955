"""Make .venv from a bare Python, also one that ships without ensurepip.

Usage: python3 .ci/venv.py TARGET REQUIREMENTS_FILE...

pip comes from the first of these that works: the standard library's ensurepip; the pip of the
Python that runs this; a pip wheel lying on the machine (Debian's python3-pip-whl); PIP_INDEX_URL;
the Python Packaging Authority's bootstrap script.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

BOOTSTRAP = "https://bootstrap.pypa.io/pip/zipapp/pip.pyz"


def run(*command: str, **env: str) -> bool:
    return subprocess.run(command, env={**os.environ, **env}, check=False).returncode == 0


def wheel_on_this_machine() -> str | None:
    """A pip wheel the distribution installed, newest first."""
    places = [Path("/usr/share/python-wheels"), Path(sys.prefix) / "share" / "python-wheels"]
    wheels = sorted((w for place in places for w in place.glob("pip-*.whl")), reverse=True)
    return str(wheels[0]) if wheels else None


def wheel_from_index(folder: str) -> str | None:
    """pip's newest wheel from the package index the environment names, if it names one."""
    index = os.environ.get("PIP_INDEX_URL")
    if not index:
        return None
    page_address = index.rstrip("/") + "/pip/"
    with urllib.request.urlopen(page_address, timeout=60) as answer:
        page = answer.read().decode()
    links = re.findall(r'href="([^"]*/pip-[0-9.]+-py3-none-any\.whl[^"]*)"', page)
    newest = max(links, key=lambda link: [int(n) for n in re.findall(r"pip-([0-9.]+)-", link)[0].split(".")])
    return download(urllib.parse.urljoin(page_address, newest.partition("#")[0]), folder)


def download(address: str, folder: str) -> str:
    target = Path(folder) / Path(urllib.parse.urlparse(address).path).name
    with urllib.request.urlopen(address, timeout=120) as answer:
        target.write_bytes(answer.read())
    return str(target)


def give_it_pip(python: str) -> None:
    if run(python, "-m", "pip", "--version"):
        return
    run(python, "-m", "ensurepip", "--default-pip")
    if run(python, "-m", "pip", "--version"):
        return
    if run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "pip"):
        return
    with tempfile.TemporaryDirectory() as folder:
        for find in (
            wheel_on_this_machine,
            lambda: wheel_from_index(folder),
            lambda: download(BOOTSTRAP, folder),
        ):
            try:
                wheel = find()
            except (OSError, ValueError) as problem:
                print(f"  not this way: {problem}", file=sys.stderr)
                continue
            # A wheel is a zip that Python can import from, so pip can install itself.
            if wheel and run(python, "-m", "pip", "install", "-q", "pip", PYTHONPATH=wheel):
                return
            if wheel and run(python, wheel, "install", "-q", "pip"):
                return
    sys.exit(
        "No pip could be found for this Python. Install your system's package for it "
        "(Debian: apt install python3-venv), or set PIP_INDEX_URL, and run make again."
    )


def main() -> None:
    if sys.version_info < (3, 11):
        here = sys.version.split()[0]
        sys.exit(f"Greenlight needs Python 3.11 or newer; this is {here}. Try: make PYTHON=python3.12 ...")
    target, *requirements = sys.argv[1:]
    python = str(Path(target) / "bin" / "python")
    if not Path(python).exists() and not run(sys.executable, "-m", "venv", "--without-pip", target):
        sys.exit(f"Could not make {target}.")
    give_it_pip(python)
    for file in requirements:
        if not run(python, "-m", "pip", "install", "-q", "-r", file):
            sys.exit(
                f"Could not install {file}. What pip said stands above; run make again to go on from here."
            )


if __name__ == "__main__":
    main()
