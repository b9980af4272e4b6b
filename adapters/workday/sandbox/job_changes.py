"""Job changes over REST: a draft, its parts, the submission into the approvals.

`staffing/v7`. Nothing persists before the submission, so a draft may be gone by then.
A worker never has two job changes in progress (Workday contract, 6.11).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from adapters.workday.sandbox.access import INITIATE, PROCESSES, PUT, STAFFING_ACTIONS
from adapters.workday.sandbox.drafts import Draft
from adapters.workday.sandbox.events import EVENT, Event
from adapters.workday.sandbox.rest_calls import RestCall, RestError, shown
from adapters.workday.sandbox.seed import WorkerSeed
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.workers import JobRecord, change_worker

CHANGE_JOB = "Change_Job"
REASON = "change_reason"
#: The action of a submission into the configured approvals, and of one kept for later.
SUBMITTED = "d9e4223e446c11de98360015c5e6daf6"
SAVED_FOR_LATER = "d9e41a8c446c11de98360015c5e6daf6"


def read_worker(call: RestCall) -> dict[str, Any]:
    """Return a worker's jobs, the primary one apart."""
    worker = call.worker()
    record = worker.view(call.tenant.today(), None)
    if record is None:
        raise RestError(404, "not found")
    primary, *others = (_job(call, job) for job in record.jobs)
    return {
        "id": worker.wid,
        "descriptor": worker.descriptor,
        "workerId": record.seed.employee_id,
        "primaryJob": primary,
        "additionalJobs": others,
    }


def _job(call: RestCall, job: JobRecord) -> dict[str, Any]:
    profile = call.tenant.store.find("Job_Profile_ID", job.job_profile_id)
    shown_job: dict[str, Any] = {
        **shown(job.position),
        "businessTitle": _title_of(call, job),
        "supervisoryOrganization": shown(job.organization),
        "location": shown(job.location),
    }
    if profile is not None:
        shown_job["jobProfile"] = shown(profile)
    return shown_job


def _title_of(call: RestCall, job: JobRecord) -> str:
    kept = call.tenant.business_titles.get(job.position.wid)
    profile = call.tenant.store.find("Job_Profile_ID", job.job_profile_id)
    return kept or (profile.descriptor if profile else job.job_profile_id)


def draft_job_change(call: RestCall) -> dict[str, Any]:
    """Open a draft; it holds nothing that anybody else sees."""
    tenant, worker = call.tenant, call.worker()
    if not tenant.permissions.allows(PROCESSES[CHANGE_JOB], INITIATE):
        raise RestError(403, "permission denied")
    reason = call.referred("reason", REASON)
    if reason is None:
        raise RestError(400, "a reason is required", "reason")
    draft = Draft(
        instance=tenant.store.add(EVENT, {}, f"Change Job: {worker.descriptor}"),
        worker=worker,
        day=date.fromisoformat(call.body["date"]),
        position=_position(call, worker),
    )
    _require_no_conflict(call, worker)
    tenant.drafts[draft.instance.wid] = draft
    return {
        **shown(draft.instance),
        "date": draft.day.isoformat(),
        "job": shown(draft.position),
        "reason": shown(reason),
    }


def _position(call: RestCall, worker: Instance) -> Instance:
    jobs = worker.latest.jobs
    named = call.referred("job", "position")
    if named is None:
        if len(jobs) > 1:
            raise RestError(400, "the worker has several jobs: name one", "job")
        return jobs[0].position  # type: ignore[no-any-return]  # a plain record
    if not any(job.position is named for job in jobs):
        raise RestError(400, "the worker does not hold this job", "job")
    return named


def _require_no_conflict(call: RestCall, worker: Instance) -> None:
    process = PROCESSES[CHANGE_JOB]
    if call.tenant.events.waiting_about(worker, process) is not None:
        raise RestError(
            400,
            "This action cannot be initiated: another event for this worker is in "
            "progress (Change Job).",
        )


def read_job_change(call: RestCall) -> dict[str, Any]:
    """Return a draft."""
    return shown(_draft(call).instance)


def patch_job_profile(call: RestCall) -> dict[str, Any]:
    """Give the draft another job profile; the title follows it, as in a tenant."""
    draft = _draft_part(call, "jobProfile")
    profile = call.referred("jobProfile", "job_profile")
    if profile is not None:
        draft.profile = profile
        draft.title = call.body.get("jobTitle", profile.descriptor)
    return {"jobProfile": shown(profile)} if profile else {}


def read_business_title(call: RestCall) -> dict[str, Any]:
    """Return the title that the draft would give."""
    return call.page([{"businessTitle": _draft(call).title}])


def patch_business_title(call: RestCall) -> dict[str, Any]:
    """Give the draft a title of its own."""
    draft = _draft_part(call, "businessTitle")
    draft.title = str(call.body.get("businessTitle", ""))
    return {"businessTitle": draft.title}


def patch_comment(call: RestCall) -> dict[str, Any]:
    """Write the comment that the approvers will read."""
    draft = _draft_part(call, "")
    draft.comment = str(call.body.get("comment", ""))
    return {"comment": draft.comment}


def submit_job_change(call: RestCall) -> dict[str, Any]:
    """Start the process; an empty body sends it into the configured approvals."""
    tenant = call.tenant
    if tenant.switches.take_vanishing_draft():
        tenant.drafts.pop(call.path["ID"], None)
    draft = _draft(call)
    if draft.profile is None:
        raise RestError(400, "a job profile is required", "jobProfile")
    parameters = call.body.get("businessProcessParameters", {})
    action = parameters.get("action", {}).get("id", SUBMITTED)
    if action not in (SUBMITTED, SAVED_FOR_LATER):
        raise RestError(400, f"invalid ID value: {action}", "action")
    _require_no_conflict(call, draft.worker)
    del tenant.drafts[draft.instance.wid]
    if action == SUBMITTED:
        _open(call, draft)
    return {
        **shown(draft.instance),
        "businessProcessParameters": {
            "action": {"id": action},
            "overallBusinessProcess": shown(draft.instance),
            "for": shown(draft.worker),
            "overallStatus": "In Progress",
        },
    }


def _open(call: RestCall, draft: Draft) -> None:
    tenant, process = call.tenant, PROCESSES[CHANGE_JOB]
    before = draft.worker.latest.seed
    title_before = tenant.business_titles.get(draft.position.wid)

    def carry_out() -> None:
        profile_id = draft.profile.reference_ids["Job_Profile_ID"]  # type: ignore[union-attr]  # checked when it was submitted
        _give(call, draft, _with_profile(before, draft.position, profile_id))
        tenant.business_titles[draft.position.wid] = draft.title

    def undo() -> None:
        _give(call, draft, before)
        if title_before is None:
            tenant.business_titles.pop(draft.position.wid, None)
        else:
            tenant.business_titles[draft.position.wid] = title_before

    event = Event(
        instance=draft.instance,
        process=process,
        worker=draft.worker,
        effects=(),
        created=tenant.store.enter(),
        initiator=tenant.seed.user_name,
        comment=draft.comment,
        is_auto_completed=False,
        effective=draft.day,
        carry_out=carry_out,
        undo=undo,
    )
    tenant.events.open(event, completes_at_once=process not in tenant.needing_approval)


def _give(call: RestCall, draft: Draft, seed: WorkerSeed) -> None:
    worker = draft.worker
    day = max(draft.day, worker.versions[-1].effective)
    change_worker(call.tenant.store, worker, day, seed)


def _with_profile(seed: WorkerSeed, position: Instance, profile_id: str) -> WorkerSeed:
    position_id = position.reference_ids["Position_ID"]
    jobs = tuple(
        replace(job, job_profile_id=profile_id)
        if job.position_id == position_id
        else job
        for job in seed.additional_jobs
    )
    if jobs != seed.additional_jobs:
        return replace(seed, additional_jobs=jobs)
    return replace(seed, job_profile_id=profile_id)


def _draft(call: RestCall) -> Draft:
    found = call.tenant.drafts.get(call.path["ID"])
    if found is None:
        raise RestError(404, "not found")
    return found


def _draft_part(call: RestCall, part: str) -> Draft:
    domain = STAFFING_ACTIONS.get(part)
    if domain and not call.tenant.permissions.allows(domain, PUT):
        raise RestError(403, "permission denied")
    draft = _draft(call)
    if call.path["subresourceID"] != call.path["ID"]:
        raise RestError(404, "not found")
    return draft


def read_reasons(call: RestCall) -> dict[str, Any]:
    """Return the reasons that a job change may have."""
    return call.page([shown(reason) for reason in call.tenant.store.of_kind(REASON)])
