"""Before anything is measured: every gateway must answer what the workload says."""

import json
import urllib.request


def check(workload, documents, running):
    """Ends the run unless each gateway's reply is the one that the origin's documents make.

    running: the gateways by name.
    """
    expected = workload.reply(documents)
    for name, gateway in running.items():
        url = gateway.address + workload.path
        with urllib.request.urlopen(url, timeout=10) as reply:
            value, headers = json.load(reply), reply.headers
        # Debian's lua-cjson decodes [] into a table without elements, and encodes that as {}.
        wanted = with_empty_lists_as_objects(expected) if name == "nginx" and workload.name == "merge" else expected
        if value != wanted:
            raise SystemExit(f"{name} answers {workload.path} with\n{short(value)}\ninstead of\n{short(wanted)}")
        for field, text in workload.headers:
            if headers[field] != text:
                raise SystemExit(f"{name} answers {workload.path} with {field}: {headers[field]} instead of {text}")


def with_empty_lists_as_objects(value):
    if isinstance(value, dict):
        return {key: with_empty_lists_as_objects(each) for key, each in value.items()}
    if isinstance(value, list):
        return [with_empty_lists_as_objects(each) for each in value] or {}
    return value


def short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 2000 else f"{text[:2000]}… ({len(text)} characters)"
