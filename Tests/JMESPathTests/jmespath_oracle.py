"""Evaluates expressions with PyPI's jmespath-community, as a second opinion on JMESPath.

usage: jmespath_oracle.py QUESTIONS ANSWERS

QUESTIONS has one question a line: {"expression": text, "given": document, "corrected": boolean}. For each, ANSWERS gets
a line: {"value": …}, {"error": class}, or {"skipped": reason} where Python's answer is no JSON.

Where "corrected" is true, the package is put right at the places where it departs from the specification; each of them
is a class or a method below, with the reason. The differences of the package as it is are listed in
DifferentialTests.swift.
"""

import json
import math
import re
import sys

from jmespath import exceptions, functions, lexer, parser, visitor

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(left, right):
    """Python takes True for 1 and False for 0, also inside of lists and dictionaries; JSON does not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(value, right[key]) for key, value in left.items())
    return left == right


class Parser(parser.Parser):
    """Multiplication binds as much as division (JEP-16). Python's `*` binds more, as the star of a projection does."""

    _CACHE = {}
    OPERAND_ENDS = {
        "unquoted_identifier", "quoted_identifier", "variable", "literal", "current", "root", "star", "flatten",
        "rbracket", "rbrace", "rparen",
    }

    def _parse(self, expression, options=None):
        self._tokens = list(lexer.Lexer().tokenize(expression, options))
        for before, token in zip(self._tokens, self._tokens[1:]):
            if token["type"] == "star" and before["type"] in self.OPERAND_ENDS and before["value"] != "in":
                token["type"] = "multiply"
        self._index = 0
        parsed = self._expression(binding_power=0)
        if self._current_token() != "eof":
            self._raise_parse_error_for_token(self._lookahead_token(0), "unexpected token")
        return parser.ParsedResult(expression, parsed)


class Functions(functions.Functions):
    def _type_check(self, actual, signature, function_name):
        """Python checks only the first of the arguments that may be repeated."""
        super()._type_check(actual, signature, function_name)
        for argument in actual[len(signature) :]:
            super()._type_check([argument], [signature[-1]], function_name)

    @functions.signature({"types": ["array", "string"]}, {"types": []})
    def _func_contains(self, subject, search):
        if isinstance(subject, str):
            return isinstance(search, str) and search in subject
        return any(equal(element, search) for element in subject)

    @functions.signature({"types": ["array"]})
    def _func_from_items(self, items):
        """Only pairs of a string and a value make members (JEP-19); Python takes whatever `dict` takes."""
        for item in items:
            if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)):
                raise TypeError("from_items")
        return dict(items)

    @functions.signature({"types": ["array"]}, {"types": ["expref"]})
    def _func_group_by(self, array, expref):
        """The result is an object (JEP-18), for an empty array too."""
        return super()._func_group_by(array, expref) or {}

    @functions.signature({"types": []})
    def _func_to_number(self, arg):
        """A number's text is what JSON takes for one; Python's int() and float() take more, as in '1_000' or 'nan'."""
        if isinstance(arg, str) and not JSON_NUMBER.fullmatch(arg):
            return None
        return super()._func_to_number(arg)

    @functions.signature({"types": []})
    def _func_to_string(self, arg):
        """Letters beyond ASCII may be written as they are or with escapes: both are JSON."""
        return arg if isinstance(arg, str) else json.dumps(arg, separators=(",", ":"), ensure_ascii=False)

    def _pad_impl(self, func, padding):
        """JEP-14 has an error of the class invalid-value."""
        if len(padding) != 1:
            raise exceptions.JMESPathValueError("pad", padding, "one character")
        return func()


class Interpreter(visitor.TreeInterpreter):
    COMPARATOR_FUNC = {
        **visitor.TreeInterpreter.COMPARATOR_FUNC,
        "eq": equal,
        "ne": lambda left, right: not equal(left, right),
    }

    def __init__(self):
        super().__init__(visitor.Options(custom_functions=Functions()))

    def visit_comparator(self, node, value):
        """A number and a string have no order: null. Python raises a TypeError."""
        left, right = (self.visit(child, value) for child in node["children"])
        comparable = is_number(left) and is_number(right) or isinstance(left, str) and isinstance(right, str)
        if node["value"] not in ("eq", "ne") and not comparable:
            return None
        return self.COMPARATOR_FUNC[node["value"]](left, right)

    def visit_arithmetic(self, node, value):
        """Arithmetic is for numbers (JEP-16). Python also adds strings and lists and repeats them, and takes True for 1."""
        operands = [self.visit(child, value) for child in node["children"]]
        if not all(map(is_number, operands)):
            raise TypeError("arithmetic")
        return self._ARITHMETIC_FUNC[node["value"]](*operands)

    def visit_arithmetic_unary(self, node, value):
        operand = self.visit(node["children"][0], value)
        if not is_number(operand):
            raise TypeError("arithmetic")
        return self._ARITHMETIC_UNARY_FUNC[node["value"]](operand)


def error_class(error):
    classes = [
        (exceptions.ArityError, "invalid-arity"),
        (exceptions.ParseError, "syntax"),
        (exceptions.EmptyExpressionError, "syntax"),
        (exceptions.JMESPathTypeError, "invalid-type"),
        (exceptions.JMESPathValueError, "invalid-value"),
        (exceptions.UnknownFunctionError, "unknown-function"),
        (exceptions.UndefinedVariable, "undefined-variable"),
        (ZeroDivisionError, "not-a-number"),
        (TypeError, "invalid-type"),
    ]
    return next((name for kind, name in classes if isinstance(error, kind)), None)


def is_json(value):
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (list, dict)):
        return all(map(is_json, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, (str, bool, int))


def answer(question):
    try:
        corrected = question["corrected"]
        tree = (Parser if corrected else parser.Parser)().parse(question["expression"]).parsed
        value = (Interpreter if corrected else visitor.TreeInterpreter)().evaluate(tree, question["given"])
    except (MemoryError, OverflowError, RecursionError) as error:
        return {"skipped": type(error).__name__}
    except Exception as error:
        kind = error_class(error)
        return {"error": kind} if kind else {"error": f"{type(error).__name__}: {error}"}
    return {"value": value} if is_json(value) else {"skipped": "no JSON"}


def main():
    _, questions, answers = sys.argv
    with open(questions, encoding="utf-8") as lines, open(answers, "w", encoding="ascii") as output:
        for line in lines:
            output.write(json.dumps(answer(json.loads(line)), separators=(",", ":")) + "\n")


main()
