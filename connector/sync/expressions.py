"""The expressions of a mapping: Jinja2 in a sandbox, strict about unknown names.

`{{ … }}` alone gives the value itself; inside a longer text it gives text; anything
else is taken literally. Nothing here reads files or the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeAlias

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connector.framework import model
from connector.framework.model import Text
from connector.kit.values import Ref

#: Names every expression may use besides its loop variables.
GLOBAL_NAMES = frozenset(
    {
        "framework",
        "imported",
        "language",
        "left_out",
        "options",
        "people",
        "prefix",
        "ref",
    }
)

Names: TypeAlias = Mapping[str, Any]


class LeftOut:
    """The value of a field that one record does not have, as if it were not mapped."""


LEFT_OUT = LeftOut()

#: What the evaluation of a wrong expression raises.
_FAULTS = (
    TemplateError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
)


class ExpressionError(Exception):
    """An expression that cannot be read or evaluated; the message says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `evaluate` gives its value for some names."""

    text: str
    evaluate: Callable[[Names], Any]


#: Frozen values that show what they declare; the sandbox need not look into them.
_SHOWN = frozenset(item for item in vars(model).values() if is_dataclass(item))


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of Jinja2, with a short way to the framework's own values."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Tell whether an expression may see an attribute; never a private one."""
        if type(obj) in _SHOWN:
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


class Expressions:
    """Compiles the expressions of one mapping."""

    def __init__(self, language: str) -> None:
        def finalize(value: Any) -> Any:
            if isinstance(value, Text):
                return value.in_language(language)
            return "" if value is None else value

        self._environment = _Sandbox(
            undefined=StrictUndefined,
            finalize=finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._environment.globals.clear()

    def value(self, text: str, known: frozenset[str]) -> Expression:
        """Compile the text of a field, key or option.

        Raises:
            ExpressionError: the text is no expression, or uses an unknown name.
        """
        inner = self._only_expression(text)
        if inner is not None:
            return self.condition(inner, known)
        if "{{" not in text and "{%" not in text:
            return Expression(text, lambda _: text)
        self._check_names(text, known)
        template = self._environment.from_string(text)
        return Expression(text, _guarded(template.render))

    def condition(self, text: str, known: frozenset[str]) -> Expression:
        """Compile a bare expression, such as a condition or a collection."""
        self._check_names("{{ " + text + " }}", known)
        with _readable():
            compiled = self._environment.compile_expression(
                text, undefined_to_none=False
            )
        return Expression(text, _guarded(compiled))

    def _only_expression(self, text: str) -> str | None:
        """Return what stands between the braces where nothing else stands there."""
        stripped = text.strip()
        if not (stripped.startswith("{{") and stripped.endswith("}}")):
            return None
        inner = stripped[2:-2].strip("-").strip()
        return None if "{{" in inner or "}}" in inner or "{%" in inner else inner

    def _check_names(self, text: str, known: frozenset[str]) -> None:
        with _readable():
            used = meta.find_undeclared_variables(self._environment.parse(text))
        unknown = used - known - GLOBAL_NAMES
        if unknown:
            names = ", ".join(f"“{name}”" for name in sorted(unknown))
            usable = ", ".join(sorted(known | GLOBAL_NAMES))
            msg = f"unknown name {names}; known here: {usable}"
            raise ExpressionError(msg)


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what the compiler says of a text into one sentence."""
    try:
        yield
    except TemplateSyntaxError as error:
        msg = f"cannot be read: {error.message}"
        raise ExpressionError(msg) from error


def _guarded(call: Callable[..., Any]) -> Callable[[Names], Any]:
    def evaluate(names: Names) -> Any:
        try:
            value = call(**names)
            if isinstance(value, Undefined):
                str(value)  # a strict undefined says here which name is unknown
        except SecurityError as error:
            msg = f"is not allowed: {error}"
            raise ExpressionError(msg) from error
        except _FAULTS as error:
            msg = f"cannot be evaluated: {error}"
            raise ExpressionError(msg) from error
        return value

    return evaluate


def make_ref(kind: str, *parts: object) -> Ref:
    """Return the reference to a record; several parts make a key with slashes."""
    return Ref(str(kind), "/".join(str(part) for part in parts))
