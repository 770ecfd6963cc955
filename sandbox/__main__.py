"""`python -m sandbox`: the workspace by itself, for an app that runs elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from sandbox import manifest
from sandbox.server import serve
from sandbox.website import Website
from sandbox.workspace import Workspace


def main() -> int:
    """Serve on SANDBOX_PORT (3100) until stopped, calling REQUEST_URL; 2 when the port is taken."""
    port = int(os.environ.get("SANDBOX_PORT", "3100"))
    request_url = os.environ.get("REQUEST_URL", "http://127.0.0.1:3000/slack/events")
    declared = manifest.read(Path(os.environ.get("MANIFEST", "app.manifest.yml")))
    workspace = Workspace(request_url, manifest=declared)
    website = Website(os.environ.get("INTAKE_URL", ""), os.environ.get("INTAKE_KEY", ""))
    sys.stderr.write(f"The sandbox workspace is at http://127.0.0.1:{port} and calls {request_url}\n")
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(workspace, port, website=website))
    except OSError as taken:
        sys.stderr.write(f"Port {port} cannot be used ({taken}). Set SANDBOX_PORT to another one.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
