"""Compositions with a random mistake each, made of good ones."""

import copy
import json
import random

# Values that are right in few places.
VALUES = [
    None, True, 0, 1, -1, 1.5, 7000, "", "x", "1s", "{user}", "GET", [], ["a"], [1], {}, {"a": 1}, "string", "array",
]
NAMES = ["body", "items", "forEach", "batch", "minimum", "default", "required", "select"]

# Of every key at least one, where the samples have none.
EVERYTHING = json.loads("""{
  "endpoint": "POST /everything",
  "parameters": {
    "a": { "type": "array", "items": { "type": "integer", "minimum": 1 }, "minItems": 1, "maxItems": 3 },
    "b": { "in": "header", "name": "X-B", "pattern": "a", "minLength": 1 },
    "c": { "type": "number", "exclusiveMinimum": 0, "maximum": 4, "default": 2 }
  },
  "requestBody": {
    "type": "object",
    "required": ["k"],
    "properties": {
      "k": { "type": ["string", "null"], "enum": ["a", null] },
      "l": { "type": "array", "items": { "type": "integer" }, "minItems": 1 }
    },
    "additionalProperties": { "type": "boolean" }
  },
  "calls": {
    "u": {
      "summary": "Everything at once.",
      "forEach": "a", "maxItems": 5, "maxConcurrency": 2, "batch": { "size": 3, "id": "@", "key": "id", "join": "@" },
      "backend": "users", "method": "POST", "path": "/u", "query": { "b": "{b}", "c": "{c}" },
      "body": { "i": "{item}" },
      "when": "item", "otherwise": "none", "success": [200, 404], "omit": ["a.b"], "timeout": "1s", "fallback": null
    }
  },
  "response": { "status": 201, "partial": "p", "headers": { "X-A": "b" }, "body": { "u": "{u}" } }
}""")


def mutated(compositions, count, seed):
    """Yields `count` compositions, each with an endpoint of its own as far as it has one."""
    choose = random.Random(seed)
    sources = [*compositions, EVERYTHING]
    for number in range(count):
        document = copy.deepcopy(choose.choice(sources))
        mutate(document, choose)
        endpoint = document.get("endpoint")
        if isinstance(endpoint, str) and " /" in endpoint:
            document["endpoint"] = endpoint.replace(" /", f" /{number}/", 1).removesuffix("/")
        yield document


def mutate(document, choose):
    """Takes a member or an element away, gives it another value, or another name."""
    *path, key = choose.choice([place for place in places(document) if place])
    parent = document
    for step in path:
        parent = parent[step]
    kind = choose.random()
    if kind < 0.25:
        del parent[key]
    elif kind < 0.75 or isinstance(parent, list):
        parent[key] = choose.choice(VALUES)
    else:
        value = parent.pop(key)
        parent[choose.choice([key + "x", key[:-1], key.upper(), *NAMES])] = value


def places(value, path=()):
    """The way to every value that is no part of a template: what stands in those is anybody's own."""
    yield path
    if path[-1:] in (("body",), ("fallback",)):
        return
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))
