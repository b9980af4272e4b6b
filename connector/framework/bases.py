"""On what grounds a required step counts as shown.

Pure; what evidence a person has is not known here.
"""

from __future__ import annotations

from connector.framework.model import AcceptedBases, Basis, Framework, Requirement

#: The lower half of a scale: learning is enough, stronger bases do as well.
LOWER_HALF = AcceptedBases(
    bases=(Basis.LEARNING, Basis.CERTIFICATION, Basis.ATTESTATION, Basis.RATING)
)
#: Above it a person must have attested or rated.
UPPER_HALF = AcceptedBases(bases=(Basis.ATTESTATION, Basis.RATING))


def accepted_bases(framework: Framework, requirement: Requirement) -> AcceptedBases:
    """Return the bases that a requirement accepts.

    The requirement's own, else its step's, else the default by the step's place on
    the scale. Without a step the default of the lower half holds.

    Raises:
        KeyError: the competency or the step is not in the framework.
    """
    scale = framework.scale_of(requirement.competency)
    if requirement.bases is not None:
        return requirement.bases
    if scale is None or requirement.step is None:
        return LOWER_HALF
    rank = scale.rank(requirement.step)
    stated = scale.steps[rank - 1].bases
    if stated is not None:
        return stated
    return LOWER_HALF if rank * 2 <= len(scale.steps) else UPPER_HALF
