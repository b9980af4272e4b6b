"""The security policies of a tenant, and the tasks by which they are granted.

Pure: sentences and tables made of what the manifest lists, in Workday's own words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from connector.kit.setup import Policy, ValueTable

#: How the manifest calls the two types of policy.
DOMAIN, PROCESS = "domain", "business process"
ACTIVATE = 'then run "Activate Pending Security Policy Changes".'


def how_to_grant(policy: Policy, access: str) -> str:
    """Return the tasks that give the integration user one kind of access."""
    if policy.type == PROCESS:
        return (
            f'Run "Edit Business Process Security Policy" for "{policy.name}", add the '
            "integration user's group to the initiating action (Web Service, for "
            f"Change Job REST Service), {ACTIVATE}"
        )
    return (
        'Run "Maintain Permissions for Security Group" for the integration user\'s '
        f'group, add {access} on the domain "{policy.name}" ({policy.area}), {ACTIVATE}'
    )


def named(policies: Iterable[Policy], name: str) -> Policy:
    """Return a policy by its name; one that the manifest does not list has no area."""
    for policy in policies:
        if policy.name == name:
            return policy
    return Policy(
        name=name, type=DOMAIN, area="any area", access=(), features=(), reason=""
    )


def needed(
    policies: Iterable[Policy], enabled: Collection[str] | None
) -> tuple[Policy, ...]:
    """Return the policies that what is switched on needs."""
    return tuple(policy for policy in policies if policy.is_needed(enabled))


def areas(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Return the functional areas of policies: the scopes of an API client."""
    return tuple(dict.fromkeys(policy.area for policy in policies))


def matrix(policies: Iterable[Policy], type_: str) -> ValueTable:
    """Return the security matrix of one type of policy."""
    names = {DOMAIN: "Domain", PROCESS: "Business process"}
    return ValueTable(
        f"{names[type_]} security policies",
        (names[type_], "Functional area", "Access", "Needed for", "What it is for"),
        tuple(
            (
                policy.name,
                policy.area,
                " and ".join(policy.access),
                ", ".join(name.replace("_", " ") for name in policy.features),
                policy.reason,
            )
            for policy in policies
            if policy.type == type_
        ),
    )
