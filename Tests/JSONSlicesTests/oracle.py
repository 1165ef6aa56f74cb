"""Reads JSON with Python's own parser, as a second opinion on JSONSlices.

usage: oracle.py DOCUMENTS ANSWERS

DOCUMENTS has one document a line, its bytes in hexadecimal. For each, ANSWERS gets a line: "refuse", or "accept" and
the document written again without whitespace, in hexadecimal: numbers digit by digit, members in order, duplicates
kept. Python takes more than RFC 8259 does; what it takes too much is refused here.
"""

import json
import sys


class Number(str):
    """A number's own digits."""


class Members(list):
    """An object's names and values in order."""


def refuse(word):
    raise ValueError(word)  # NaN, Infinity and -Infinity


def dump(value):
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Members):
        return "{" + ",".join(dump(name) + ":" + dump(member) for name, member in value) + "}"
    return "[" + ",".join(dump(element) for element in value) + "]"


def answer(document):
    try:
        value = json.loads(
            document.decode("utf-8"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=refuse,
            object_pairs_hook=Members,
        )
        # A lone surrogate has no UTF-8 form.
        return "accept " + dump(value).encode("utf-8").hex()
    except ValueError:
        return "refuse"


def main():
    _, documents, answers = sys.argv
    sys.setrecursionlimit(10_000)
    with open(documents, encoding="ascii") as lines, open(answers, "w", encoding="ascii") as output:
        for line in lines:
            output.write(answer(bytes.fromhex(line)) + "\n")


main()
