"""Multi-agency audits for programs: the same `visible_to`, the same services as the pages.

Each look at a case or a return is on the trail. An agency answers for itself: what came by letter is typed on the page,
where its draft is read first. Who lets small numbers be shown does so on the page.
"""

from .audits import Audits
from .cases import AuditCases
from .returns import AuditReturns
from .tools import AuditTools

__all__ = ["AuditCases", "AuditReturns", "AuditTools", "Audits"]
