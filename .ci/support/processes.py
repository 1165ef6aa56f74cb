"""Servers that a script starts, waits for and ends: only its own, each by its process id."""

import os
import socket
import subprocess
import sys
import time


def free_ports(count):
    """Ports of the loopback address that are free now; all of them differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Servers:
    """Starts servers and ends them, last first, when the `with` block is left."""

    def __init__(self, directory):
        self.directory = directory
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            self.stop(process)

    def start(self, name, command, port, env=None, cwd=None):
        """Starts a server, its output into NAME.log, and returns once `port` accepts connections."""
        process = self.spawn(name, command, env=env, cwd=cwd)
        self.wait_until(process, name, lambda: accepts(port), f"does not listen on port {port}")
        return process

    def spawn(self, name, command, env=None, cwd=None):
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(env or {})},
                cwd=cwd,
            )
        self.running.append(process)
        return process

    def log(self, name):
        return os.path.join(self.directory, f"{name}.log")

    def wait_until(self, process, name, condition, complaint, seconds=30):
        """Returns the first true result of `condition`; ends the script with the server's output otherwise."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            result = condition()
            if result:
                return result
            time.sleep(0.02)
        with open(self.log(name), encoding="utf-8", errors="replace") as log:
            sys.exit(f"{name} {complaint}:\n{log.read()}")

    @staticmethod
    def stop(process, seconds=15):
        """Ends a server with SIGTERM, after `seconds` with SIGKILL. Returns its exit code."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
