"""Which office a caller wants who rang one of its own numbers."""

from __future__ import annotations

from voicebot.model import Arrival, Content, NumberingPlan, OfficeId


def preset_office(arrival: Arrival, content: Content, plan: NumberingPlan) -> OfficeId | None:
    """The office whose old or direct number was rung; None when only the one number was.

    The latest diversion that leads to an office counts: a call may pass several desks.
    """
    known = {office.id for office in content.offices}
    if arrival.office is not None:
        return arrival.office if arrival.office in known else None
    one = plan.e164(content.telephone)
    for rung in (*arrival.diverted_by, arrival.dialled):
        reached = {
            office.id
            for office in content.offices
            for number in (office.telephone, *office.old_numbers)
            if plan.e164(number) == rung
        }
        if rung not in (None, one) and len(reached) == 1:
            return reached.pop()
    return None
