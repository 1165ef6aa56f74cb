"""Servers that a script starts, waits for and ends: only its own, each by its process id."""

import os
import random
import socket
import subprocess
import sys
import time


# Below what Linux and BSD give to connections that ask for no port: such a port could be taken by any connection of
# this machine between now and the moment at which its server listens, and one that connects to it again and again
# while nobody listens ends up connected to itself.
PORTS = range(10_240, 32_768)


def free_ports(count):
    """Ports of the loopback address that are free now; all of them differ."""
    ports = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as attempt:
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    sys.exit(f"no {count} ports of {PORTS} are free")


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
        self.fail(name, complaint)

    def fail(self, name, complaint):
        """Ends the script with the server's output."""
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
    """Whether somebody listens: a connection to oneself, which TCP allows, is nobody."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            return connection.getsockname() != connection.getpeername()
    except OSError:
        return False
