"""What the faces of the sandbox share: the bearer token and the log."""

from __future__ import annotations

from flask import Response, request

from adapters.workday.sandbox.state import LoggedRequest, TenantState


def bearer_token() -> str | None:
    """Return the bearer token of the request, None without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def log_request(
    tenant: TenantState,
    *,
    operation: str,
    status: int,
    is_auto_completed: bool = False,
    page: int = 0,
) -> None:
    """Add the request that Flask holds to the tenant's log."""
    tenant.log.append(
        LoggedRequest(
            number=len(tenant.log) + 1,
            at=tenant.clock(),
            path=request.path,
            operation=operation,
            status=status,
            is_write=operation.startswith(("Put_", "Manage_"))
            or operation == "submit_job_change",
            is_auto_completed=is_auto_completed,
            page=page,
        )
    )


_SIGN_IN = "<!DOCTYPE html><title>Workday</title><h1>Sign In</h1>"
_UNAVAILABLE = "<!DOCTYPE html><title>Workday</title><h1>Currently unavailable</h1>"


def stand_in(tenant: TenantState) -> Response | None:
    """Return the page that answers in the place of the services, where one does.

    The host for people shows its sign-in page to everybody; while the platform is
    being updated nothing else answers (NOTES 11).
    """
    with tenant.lock:
        switches = tenant.switches
        status, page = 200, _SIGN_IN if switches.is_ui_host else ""
        if switches.is_in_maintenance:
            status, page = 503, _UNAVAILABLE
        if page:
            log_request(tenant, operation="", status=status)
    return Response(page, status=status, mimetype="text/html") if page else None
