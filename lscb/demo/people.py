"""One made-up person for each role of the portal. They appear by position: no real person's name is in here."""

from __future__ import annotations

from dataclasses import dataclass

from lscb.accounts import roles

PASSWORD = "demonstration only"  # nosec B105: production refuses to start in demonstration mode
DOMAIN = "demonstration.invalid"


@dataclass(frozen=True)
class DemoPerson:
    """`agency` is a name, `group` a code; both empty for a role of the whole board."""

    mailbox: str
    name: str
    role: type[roles.Role]
    agency: str = ""
    group: str = ""

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("manager", "Board manager", roles.BoardManager),
    DemoPerson("coordinator", "Business coordinator", roles.BoardManager),
    DemoPerson("analyst", "Information analyst", roles.BoardAnalyst),
    DemoPerson("chair", "Independent chair", roles.IndependentChair),
    DemoPerson("lay", "Lay member", roles.LayMember),
    DemoPerson("member", "Monitoring group member", roles.GroupMember, group="monitoring-and-evaluation"),
    DemoPerson("reviews", "Case review group member", roles.CaseReviewMember, group="serious-case-review"),
    DemoPerson("panel", "Panel member", roles.PanelMember, group="child-death-overview-panel"),
    DemoPerson("officer", "Child death officer", roles.ChildDeathOfficer),
    DemoPerson("doctor", "Designated doctor", roles.DesignatedDoctor),
    DemoPerson("lead", "Police lead", roles.AgencyLead, agency="Hampshire Constabulary"),
    DemoPerson("contributor", "Police contributor", roles.AgencyContributor, agency="Hampshire Constabulary"),
    DemoPerson("reader", "Solent reader", roles.AgencyReader, agency="Solent NHS Trust"),
    DemoPerson("professional", "Health visitor", roles.Professional, agency="Solent NHS Trust"),
    DemoPerson("technical", "Technical administrator", roles.TechnicalAdministrator),
)
