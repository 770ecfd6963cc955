"""`python -m bot …`: one command a file, in bot/cli."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run a command. `serve` comes first: it must not pay for the other commands' libraries."""
    if sys.argv[1:] == ["serve"]:
        gc.disable()  # of what is loaded now nothing is ever garbage; on again once it runs
        from bot.serve import serve

        sys.exit(serve())
    # Libraries are a hundred thousand objects that stay: looking for garbage among them is a tenth of it.
    gc.set_threshold(10_000)
    from bot.cli import app

    app(prog_name="python -m bot")


if __name__ == "__main__":
    main()
