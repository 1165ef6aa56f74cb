"""What the bounds are measured on: nginx origins on core 1, and gateways that each measurement starts on core 0."""

import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen

from harness import gateways
from harness.programs import BENCHMARKS
from processes import Servers

# Two endpoints of the comparison with other gateways; those of large documents are in bulk/.
COMPARED = os.path.join(BENCHMARKS, "medley", "compositions")
SCREEN_FILE = os.path.join(COMPARED, "three.json")
SCREEN = "/three/42"
SLOWEST_CALL = "/large/products?for=42"
SMALL_SCREEN_FILE = os.path.join(COMPARED, "small.json")
SMALL_SCREEN = "/small/42"
SLOWEST_SMALL_CALL = "/small/products?for=42"


@dataclass
class Gateway:
    process: Popen
    port: int
    seconds_to_start: float

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        Servers.stop(self.process)


class Testbed:
    """The origins run from the start on; load comes from `load`."""

    def __init__(self, servers, binary, load, documents_written):
        self.servers = servers
        self.documents_written = documents_written
        self.binary = binary
        self.load = load
        self.origin = gateways.start_origin(servers)
        # Large documents come from a process of their own, of low priority: on the one core that is left for origins
        # and load, it must not delay the requests whose latency is measured.
        self.documents = gateways.start_origin(servers, "documents", ["nice", "-n", "19"])
        self.compositions = os.path.join(servers.directory, "compositions")
        shutil.copytree(os.path.join(BENCHMARKS, "bulk", "compositions"), self.compositions)
        for file in (SCREEN_FILE, SMALL_SCREEN_FILE):
            shutil.copy(file, self.compositions)

    @contextmanager
    def gateway(self):
        """A fresh gateway with the endpoints that most bounds ask for; it ends with the `with` block."""
        gateway = self.serve(self.compositions)
        try:
            yield gateway
        finally:
            gateway.stop()

    def serve(self, compositions):
        """Starts a gateway on a directory as it is. The caller stops it."""
        environment = {
            "BENCHMARK_ORIGIN": f"http://127.0.0.1:{self.origin}",
            "BENCHMARK_DOCUMENTS": f"http://127.0.0.1:{self.documents}",
        }
        began = time.monotonic()
        started = gateways.start_medley(self.servers, self.binary, "bulk/gateway.json", compositions, environment)
        return Gateway(*started, time.monotonic() - began)
