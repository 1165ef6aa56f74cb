"""What the bounds are measured on: nginx origins on core 1, and gateways that each measurement starts on core 0."""

import os
import shutil
import time
from contextlib import contextmanager

from harness.cores import pinned
from processes import free_ports

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SETTINGS = os.path.join(BENCHMARKS, "bulk", "gateway.json")

# The compositions of the comparison with other gateways; what is measured here beside it are in bulk/.
COMPARED = os.path.join(BENCHMARKS, "medley", "compositions")
BULK = os.path.join(BENCHMARKS, "bulk", "compositions")
SCREEN = "/large/42"
SMALL_SCREEN = "/small/42"
SLOWEST_CALL = "/large/products?for=42"


class Testbed:
    """The origins run from the start on; load comes from `load`."""

    def __init__(self, servers, binary, load, documents_written):
        self.servers = servers
        self.documents_written = documents_written
        self.binary = os.path.abspath(binary)
        self.load = load
        self.origin = self._origin("origin")
        # Large documents come from a process of their own, of low priority: on the one core that is left for origins
        # and load, it must not delay the requests whose latency is measured.
        self.documents = self._origin("documents", ["nice", "-n", "19"])

    @contextmanager
    def gateway(self, compositions=(COMPARED, BULK), environment=None):
        """A fresh gateway that serves the compositions of these directories; it ends with the `with` block."""
        directory = os.path.join(self.servers.directory, "compositions")
        shutil.rmtree(directory, ignore_errors=True)
        os.mkdir(directory)
        for number, source in enumerate(compositions):
            shutil.copytree(source, os.path.join(directory, str(number)))
        gateway = self.serve(directory, environment)
        try:
            yield gateway
        finally:
            gateway.stop()

    def serve(self, compositions, environment=None):
        """Starts a gateway on a directory as it is. The caller stops it."""
        (port,) = free_ports(1)
        command = pinned(0) + [self.binary, "serve", "--settings", SETTINGS, "--compositions", compositions]
        origins = {
            "BENCHMARK_ORIGIN": f"http://127.0.0.1:{self.origin}",
            "BENCHMARK_DOCUMENTS": f"http://127.0.0.1:{self.documents}",
            "MEDLEY_LISTEN": f"127.0.0.1:{port}",
        }
        began = time.monotonic()
        process = self.servers.start(f"medley-{port}", command, port, {**origins, **(environment or {})})
        return Gateway(self.servers, process, port, time.monotonic() - began)

    def _origin(self, name, before=()):
        """An nginx whose configuration has each @KEY@ replaced, written into the run's directory. Returns its port."""
        (port,) = free_ports(1)
        with open(os.path.join(BENCHMARKS, "nginx", f"{name}.conf"), encoding="utf-8") as file:
            text = file.read()
        path = os.path.join(self.servers.directory, f"{name}.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("@ORIGIN_PORT@", str(port)).replace("@DIR@", self.servers.directory))
        self.servers.start(name, pinned(1) + list(before) + ["/usr/sbin/nginx", "-c", path], port)
        return port


class Gateway:
    def __init__(self, servers, process, port, seconds_to_start):
        self.servers = servers
        self.process = process
        self.pid = process.pid
        self.port = port
        self.seconds_to_start = seconds_to_start

    def stop(self):
        self.servers.stop(self.process)
