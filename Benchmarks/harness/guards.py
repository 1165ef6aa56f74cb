"""What it costs to know who asks, to limit them, to log each request and to be scraped, beside the same endpoint without."""

import base64
import contextlib
import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
from statistics import median

from harness import gateways, wrk
from harness.bound import Bound
from harness.programs import BENCHMARKS
from harness.testbed import SCREEN, SCREEN_FILE
from packages import install
from processes import Servers, free_ports

PACKAGES = {"wrk": "wrk", "openssl": "openssl"}
CONNECTIONS = 32
LIMIT = 1.15
SECONDS_BETWEEN_SCRAPES = 1


def measure(testbed, quick):
    install(PACKAGES)
    # Fresh pairs, because two processes of one program differ by a few per cent: where their memory lies.
    pairs, rounds, seconds = (1, 3, 2) if quick else (3, 4, 4)
    cpu = {"plain": [], "guarded": []}
    with token_and_keys(testbed.servers.directory) as (token, keys):
        for _ in range(pairs):
            interleave(testbed, token, keys, rounds, seconds, cpu)
    ratio = median(cpu["guarded"]) / median(cpu["plain"])
    by_round = sorted(guarded / plain for plain, guarded in zip(cpu["plain"], cpu["guarded"]))
    return [
        Bound(
            "guards",
            f"token, limit, log, metrics: CPU + {LIMIT - 1:.0%}",
            f"{ratio - 1:+.1%} (by round {by_round[0] - 1:+.1%} to {by_round[-1] - 1:+.1%})",
            ratio <= LIMIT,
            f"CPU per request {median(cpu['plain']):.1f} µs without, {median(cpu['guarded']):.1f} µs with an ES256 token, "
            f"a rate limit by consumer, a log line in JSON and a scrape each second",
        )
    ]


def interleave(testbed, token, keys, rounds, seconds, cpu):
    plain, guarded = start(testbed), start(testbed, keys)
    headers = [f"Authorization: Bearer {token}"]
    try:
        refused = urllib.request.Request(guarded.url)
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(refused):
            raise SystemExit("the guarded endpoint answers without a token")
        for number in range(rounds + 1):
            # Round 0 opens the connections and warms the caches.
            length = seconds if number else 1
            one = wrk.round_of_load(plain.process.pid, plain.url, length, CONNECTIONS)
            with scrapes(guarded.admin):
                other = wrk.round_of_load(guarded.process.pid, guarded.url, length, CONNECTIONS, headers)
            if number:
                cpu["plain"].append(one["cpu"])
                cpu["guarded"].append(other["cpu"])
    finally:
        for gateway in (plain, guarded):
            Servers.stop(gateway.process)


class Started:
    def __init__(self, process, port, admin):
        self.process, self.admin = process, admin
        self.url = f"http://127.0.0.1:{port}{SCREEN}"


def start(testbed, keys=None):
    """The screen of three calls, for everybody and without a log, or with all that is measured."""
    (admin,) = free_ports(1)
    with open(os.path.join(BENCHMARKS, "medley", "gateway.json"), encoding="utf-8") as file:
        settings = json.load(file)
    with open(SCREEN_FILE, encoding="utf-8") as file:
        composition = json.load(file)
    del settings["$schema"]
    settings["admin"] = {"listen": f"127.0.0.1:{admin}"}
    settings["log"] = {"level": "info" if keys else "error", "format": "json"}
    if keys:
        settings["access"] = {"users": {"jwt": {"algorithms": ["ES256"], "keys": keys, "issuer": "benchmark"}}}
        # More than is ever asked for: what is measured is the counting.
        settings["rateLimits"] = {"perUser": {"rate": "1000000/s burst 1000000", "key": "request.consumer"}}
        composition |= {"access": "users", "limits": "perUser"}
    directory = os.path.join(testbed.servers.directory, f"guards-{admin}")
    os.makedirs(os.path.join(directory, "compositions"))
    write(os.path.join(directory, "gateway.json"), settings)
    write(os.path.join(directory, "compositions", "three.json"), composition)
    environment = {"BENCHMARK_ORIGIN": f"http://127.0.0.1:{testbed.origin}"}
    process, port = gateways.start_medley(
        testbed.servers,
        testbed.binary,
        os.path.join(directory, "gateway.json"),
        os.path.join(directory, "compositions"),
        environment,
    )
    return Started(process, port, admin)


def write(path, content):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)


@contextlib.contextmanager
def scrapes(port):
    """Asks for the metrics once a second, as Prometheus would, but more often."""
    ended = threading.Event()

    def scrape():
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
                reply.read()
            if ended.wait(SECONDS_BETWEEN_SCRAPES):
                return

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def token_and_keys(directory):
    """A token that openssl has signed with ES256 (RFC 7518, section 3.4), and the file of its public key (RFC 7517)."""
    key = os.path.join(directory, "guards.pem")
    keys = os.path.join(directory, "guards.jwks.json")
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    # The point's two coordinates are the end of the key's DER.
    point = openssl("ec", "-in", key, "-pubout", "-outform", "DER")[-64:]
    write(keys, {"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "alg": "ES256", "use": "sig",
                           "x": encoded(point[:32]), "y": encoded(point[32:])}]})
    header = {"alg": "ES256", "typ": "JWT", "kid": "1"}
    claims = {"iss": "benchmark", "sub": "42", "exp": int(time.time()) + 86_400, "scope": "screen"}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = openssl("dgst", "-sha256", "-sign", key, text=text.encode())
    yield f"{text}.{encoded(raw(signature))}", keys


def openssl(*arguments, text=None):
    return subprocess.run(["openssl", *arguments], input=text, check=True, capture_output=True).stdout


def raw(signature):
    """Both integers of an ECDSA signature in DER, 32 bytes each."""
    integers, place = [], 2
    for _ in range(2):
        length = signature[place + 1]
        integers.append(signature[place + 2:place + 2 + length])
        place += 2 + length
    return b"".join(int.from_bytes(each, "big").to_bytes(32, "big") for each in integers)


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
