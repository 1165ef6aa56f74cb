"""Judges values by JSON Schemas with PyPI's jsonschema, as a second opinion on the schemas of requests.

usage: schema_oracle.py QUESTIONS ANSWERS

A line of QUESTIONS is a schema, a tab and a value. The line of ANSWERS for it is "accept", or "refuse" and the JSON
Pointers of the values that do not fit, sorted. Numbers are read as exact decimals, so that an integer is one that is
written in digits alone, as in Medley.
"""

import decimal
import json
import sys

from jsonschema import Draft202012Validator


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def answer(line):
    schema, value = (json.loads(text, parse_float=decimal.Decimal) for text in line.rstrip("\n").split("\t"))
    places = {pointer(error.absolute_path) for error in Draft202012Validator(schema).iter_errors(value)}
    return "refuse " + " ".join(sorted(places, key=lambda place: place.encode())) if places else "accept"


def main():
    _, questions, answers = sys.argv
    with open(questions, encoding="utf-8", newline="\n") as lines, open(answers, "w", encoding="utf-8") as output:
        for line in lines:
            output.write(answer(line) + "\n")


main()
