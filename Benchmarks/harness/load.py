"""The load generator load/open.c: compiled into the run's directory, and run on its core."""

import json
import subprocess

from harness.programs import LOAD_CORE, compiled, pinned


class LoadGenerator:
    def __init__(self, directory):
        self.program = compiled("load/open.c", directory)

    def run(self, port, path, **options):
        """Load on one path, until it is over. Returns what the generator prints; its times are microseconds.

        options: `connections`, `seconds`, `warmup` seconds before those, `rate` per second for an open loop, and
        `requests` to end a closed loop after so many.
        """
        return self.start(port, path, **options).result()

    def start(self, port, path, before=(), core=LOAD_CORE, **options):
        """Starts load that goes on while something else is measured.

        before: the beginning of its command line, such as a lower priority.
        """
        flags = {"connections": "-c", "seconds": "-d", "warmup": "-w", "rate": "-r", "requests": "-n"}
        command = pinned(core) + list(before) + [self.program]
        for name, value in options.items():
            command += [flags[name], str(value)]
        return RunningLoad(command + ["127.0.0.1", str(port), path], path)


class RunningLoad:
    def __init__(self, command, path):
        self.path = path
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def result(self):
        output, complaint = self.process.communicate()
        if self.process.returncode != 0:
            raise SystemExit(f"load on {self.path}: {complaint.strip()}")
        return json.loads(output)
