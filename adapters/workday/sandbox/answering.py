"""What the faces of the sandbox share: the bearer token and the log."""

from __future__ import annotations

from flask import request

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
