"""The gateway under test, as its users run it."""

import os
import re

from replies import ask


def binary(path):
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        raise SystemExit(f"there is no program {path}; build it with: swift build")
    return path


def serve(servers, program, arguments=(), env=None, cwd=None, name="medley", command="serve"):
    """Starts `medley serve` on a free port. Returns its process and the port, read from what it prints.

    command: another one that serves, `record`.
    """
    environment = {"MEDLEY_LISTEN": "127.0.0.1:0", **(env or {})}
    process = servers.spawn(name, [program, command, *arguments], env=environment, cwd=cwd)

    def printed_port():
        with open(servers.log(name), encoding="utf-8", errors="replace") as log:
            found = re.search(r"on http://127\.0\.0\.1:(\d+)\n", log.read())
        return int(found[1]) if found else None

    port = servers.wait_until(process, name, printed_port, "prints no address")
    ready = ask(port, "GET", "/_medley/ready")
    if ready.status != 200:
        raise SystemExit(f"/_medley/ready answers {ready.status}")
    return process, port
