"""Compares a reply with what was expected, field by field, and says where they differ.

JSON is compared as it is written: numbers digit for digit (1.10 is not 1.1), members in their order. In what is
expected, a string "@any" stands for anything, and "@matches REGEX" for a string that matches as a whole.
"""

import http.client
import json
import re
import time

PARTIAL = "medley-partial"


class Number(str):
    """A number's own digits."""


class Members(list):
    """An object's members in their order."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=Members)


class Reply:
    def __init__(self, status, headers, body, seconds):
        self.status = status
        self.headers = headers
        self.body = body
        self.seconds = seconds

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]


def ask(port, method, target, headers=None, body=None):
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        start = time.monotonic()
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        content = response.read()
        return Reply(response.status, response.getheaders(), content, time.monotonic() - start)
    finally:
        connection.close()


def differences(expected, reply):
    """expected: {"status", "headers": {name: value, list of values or null for none}, "body" or "problem"}, all plain JSON.

    A reply may carry Medley-Partial only where it is expected.
    """
    found = list(compare(Number(expected["status"]), Number(reply.status), "status"))
    is_problem = "problem" in expected
    headers = {"Content-Type": "application/problem+json" if is_problem else "application/json"}
    headers |= dict(expected.get("headers", {}))
    if PARTIAL not in (name.lower() for name in headers):
        headers["Medley-Partial"] = None
    for name, value in headers.items():
        wanted = [] if value is None else value if isinstance(value, list) else [value]
        found += compare(list(map(str, wanted)), reply.values(name), f"header {name}")
    if not is_problem and "body" not in expected:
        return found
    try:
        body = parse(reply.body.decode("utf-8"))
    except ValueError as error:
        return found + [f"body: not JSON ({error}): {reply.body[:200]!r}"]
    if is_problem:
        wanted = Members([("type", "@any"), ("title", "@any"), ("status", Number(expected["status"])), ("detail", "@any")])
        told = Members(expected["problem"])
        if not any(name == "call" for name, _ in told):
            return found + list(compare(Members(wanted + told), body, "problem"))
        # Others may have failed by the time that this one has.
        failures = dict(body).get("failures", [])
        if not any(not list(compare(told, each, "")) for each in failures):
            found.append(f"problem: {told} is not among the failures: {body}")
        return found + list(compare(Members(wanted + told + [("failures", "@any")]), body, "problem"))
    return found + list(compare(expected["body"], body, "body"))


def compare(expected, actual, place):
    if isinstance(expected, str) and not isinstance(expected, Number):
        if expected == "@any":
            return
        if expected.startswith("@matches "):
            if not (isinstance(actual, str) and re.fullmatch(expected.removeprefix("@matches "), actual)):
                yield f"{place}: expected {expected[1:]}, got {shown(actual)}"
            return
    if type(expected) is not type(actual):
        yield f"{place}: expected {shown(expected)}, got {shown(actual)}"
    elif isinstance(expected, Members):
        yield from compare_members(expected, actual, place)
    elif isinstance(expected, list):
        if len(expected) != len(actual):
            yield f"{place}: expected {len(expected)} elements, got {len(actual)}: {shown(actual)}"
        for index, (left, right) in enumerate(zip(expected, actual)):
            yield from compare(left, right, f"{place}[{index}]")
    elif expected != actual:
        yield f"{place}: expected {shown(expected)}, got {shown(actual)}"


def compare_members(expected, actual, place):
    expected_keys, actual_keys = [key for key, _ in expected], [key for key, _ in actual]
    if expected_keys != actual_keys:
        yield f"{place}: expected the members {', '.join(expected_keys)}; got {', '.join(actual_keys)}"
        return
    for (key, left), (_, right) in zip(expected, actual):
        yield from compare(left, right, f"{place}.{key}")


def plain(value):
    """Parsed JSON as Python's own dictionaries, for the parts of a case that are no JSON to compare."""
    if isinstance(value, Members):
        return {key: plain(each) for key, each in value}
    if isinstance(value, Number):
        return float(value) if "." in value else int(value)
    return [plain(each) for each in value] if isinstance(value, list) else value


def shown(value):
    text = render(value)
    return text if len(text) < 300 else text[:297] + "..."


def render(value):
    if isinstance(value, Number):
        return str.__str__(value)
    if isinstance(value, Members):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {render(each)}" for key, each in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(render, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Score:
    """Counts what was checked and prints each thing that is not as it should be."""

    def __init__(self):
        self.checks = 0
        self.failures = 0

    def check(self, name, problems):
        self.checks += 1
        if not problems:
            return
        self.failures += 1
        print(f"FAILED {name}", flush=True)
        for problem in problems:
            print(f"  {problem}", flush=True)

    def expect(self, name, condition, complaint):
        self.check(name, [] if condition else [complaint])

    def end(self, what):
        if self.failures:
            raise SystemExit(f"{what}: {self.failures} of {self.checks} checks failed")
        print(f"{what}: {self.checks} checks passed")
