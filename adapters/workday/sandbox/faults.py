"""The three SOAP faults of the platform, as exceptions.

They are answers of the simulated server, not errors of the connector.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValidationProblem:
    """One `Validation_Error`: what is wrong and where in the request."""

    message: str
    xpath: str = ""
    detail: str = ""


class FaultError(Exception):
    """A SOAP fault that ends the request with HTTP 500 (NOTES 2.7)."""

    code = "SOAP-ENV:Server"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class ValidationFaultError(FaultError):
    """Wrong data: one or more validation errors."""

    code = "SOAP-ENV:Client.validationError"

    def __init__(self, problems: Iterable[ValidationProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"Validation error occurred. {self.problems[0].message}")


class ProcessingFaultError(FaultError):
    """The user may not do this."""

    code = "SOAP-ENV:Server.processingError"

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(
            "Processing error occurred. The task submitted is not authorized."
        )


class AuthenticationFaultError(FaultError):
    """The login is wrong or the token is no longer good."""

    code = "SOAP-ENV:Client.authenticationError"

    def __init__(self) -> None:
        super().__init__("invalid username or password")


def refuse(message: str, xpath: str = "", detail: str = "") -> ValidationFaultError:
    """Return the fault of a single validation problem."""
    return ValidationFaultError([ValidationProblem(message, xpath, detail)])
