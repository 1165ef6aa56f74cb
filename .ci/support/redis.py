"""A Redis of a script's own, on a free port of the loopback address, and what can become of it."""

import os
import signal
import subprocess
import threading
import time

from processes import free_ports


class Redis:
    def __init__(self, servers):
        self.servers = servers
        (self.port,) = free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process = None
        self.password = None
        self.start()

    def start(self):
        command = [
            "/usr/bin/redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", self.servers.directory, "--enable-debug-command", "local",
        ]
        self.process = self.servers.start("redis", command, self.port)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()

    def command(self, *words):
        arguments = ["redis-cli", "-p", str(self.port)]
        if self.password:
            arguments += ["--no-auth-warning", "-a", self.password]
        return subprocess.run(
            arguments + list(words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=True
        ).stdout

    def configure(self, name, value):
        self.command("CONFIG", "SET", name, value)

    def lock(self, password):
        """Asks for a password from now on, and ends the connections that were there without one."""
        self.configure("requirepass", password)
        self.password = password
        self.command("CLIENT", "KILL", "TYPE", "normal")
        self.command("CLIENT", "KILL", "TYPE", "pubsub")

    def unlock(self):
        self.configure("requirepass", "")
        self.password = None

    def cut(self, seconds):
        """Ends all connections, over and over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.command("CLIENT", "KILL", "TYPE", "normal")
            self.command("CLIENT", "KILL", "TYPE", "pubsub")
            time.sleep(0.05)

    def sleep(self, seconds):
        """Answers nobody for so long."""
        threading.Thread(target=self.command, args=("DEBUG", "SLEEP", str(seconds))).start()
