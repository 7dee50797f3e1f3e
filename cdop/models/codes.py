"""The codes of the statutory forms, in their order."""

from __future__ import annotations

from django.db.models import TextChoices


class Sex(TextChoices):
    MALE = "male", "Male"
    FEMALE = "female", "Female"
    INDETERMINATE = "indeterminate", "Indeterminate"
    UNKNOWN = "unknown", "Not known"


class Ethnicity(TextChoices):
    WHITE = "white", "White"
    MIXED = "mixed", "Mixed or multiple ethnic groups"
    ASIAN = "asian", "Asian or Asian British"
    BLACK = "black", "Black, African, Caribbean or Black British"
    OTHER = "other", "Another ethnic group"
    UNKNOWN = "unknown", "Not known or not stated"


class Expected(TextChoices):
    """Unexpected: no significant possibility 24 hours before, or a collapse like that led to the death."""

    EXPECTED = "expected", "Expected"
    UNEXPECTED = "unexpected", "Unexpected"
    UNKNOWN = "unknown", "Not known"


class Place(TextChoices):
    NEONATAL_UNIT = "neonatal_unit", "Hospital: neonatal unit"
    DELIVERY_SUITE = "delivery_suite", "Hospital: labour ward or delivery suite"
    INTENSIVE_CARE = "intensive_care", "Hospital: paediatric intensive care"
    WARD = "ward", "Hospital: paediatric or other ward"
    EMERGENCY = "emergency", "Hospital: emergency department"
    HOME = "home", "Home of normal residence"
    OTHER_HOME = "other_home", "Another private home"
    HOSPICE = "hospice", "Hospice"
    PUBLIC = "public", "Public place"
    ABROAD = "abroad", "Abroad"
    UNKNOWN = "unknown", "Not known"


class EventType(TextChoices):
    NEONATAL = "neonatal", "Neonatal death"
    LIFE_LIMITING = "life_limiting", "Known life-limiting condition"
    SUDDEN = "sudden", "Sudden unexpected death in infancy"
    ROAD = "road", "Road traffic accident or collision"
    DROWNING = "drowning", "Drowning"
    FIRE = "fire", "Fire or burns"
    POISONING = "poisoning", "Poisoning"
    OTHER_INJURY = "other_injury", "Other non-intentional injury"
    SUBSTANCE = "substance", "Substance misuse"
    HOMICIDE = "homicide", "Apparent homicide"
    SUICIDE = "suicide", "Apparent suicide"
    OTHER = "other", "Other"


class When(TextChoices):
    """When there was a child protection plan, or a statutory order."""

    AT_DEATH = "at_death", "At the time of death"
    EARLIER = "earlier", "Earlier, not at the time of death"
    NEVER = "never", "At no time"
    UNKNOWN = "unknown", "Not known"


class YesNoUnknown(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class Modifiable(TextChoices):
    IDENTIFIED = "identified", "Modifiable factors identified"
    NOT_IDENTIFIED = "not_identified", "No modifiable factors identified"
    INADEQUATE = "inadequate", "Inadequate information upon which to make a judgement"


class Category(TextChoices):
    """In order of precedence: of several that are ticked, the first in this order is the primary one."""

    INFLICTED = "inflicted", "Deliberately inflicted injury, abuse or neglect"
    SUICIDE = "suicide", "Suicide or deliberate self-inflicted harm"
    TRAUMA = "trauma", "Trauma and other external factors"
    MALIGNANCY = "malignancy", "Malignancy"
    ACUTE = "acute", "Acute medical or surgical condition"
    CHRONIC = "chronic", "Chronic medical condition"
    CONGENITAL = "congenital", "Chromosomal, genetic and congenital anomalies"
    PERINATAL = "perinatal", "Perinatal or neonatal event"
    INFECTION = "infection", "Infection"
    SUDDEN = "sudden", "Sudden unexpected, unexplained death"


def primary(ticked: set[str]) -> Category | None:
    """The first in order of precedence of those that are ticked."""
    return next((category for category in Category if category in ticked), None)


class Influence(TextChoices):
    """A code, not a number: nothing is ever added up or averaged."""

    NO_INFORMATION = "0", "0: information not available"
    NONE = "1", "1: no factors identified"
    UNLIKELY = "1*", "1*: factors identified, unlikely to have contributed"
    MAY = "2", "2: may have contributed to vulnerability, ill health or death"
    COMPLETE = "3", "3: a complete and sufficient explanation of the death"


class Domain(TextChoices):
    CHILD = "child", "The child"
    FAMILY = "family", "The family and environment"
    PARENTING = "parenting", "Parenting capacity"
    SERVICES = "services", "Services"


FACTORS: dict[str, tuple[Domain, str]] = {
    "acute_illness": (Domain.CHILD, "Acute or sudden illness"),
    "chronic_illness": (Domain.CHILD, "Chronic long-term illness"),
    "disability": (Domain.CHILD, "Disability or impairment"),
    "emotional": (Domain.CHILD, "Emotional, behavioural or mental health condition"),
    "substance_child": (Domain.CHILD, "Misuse of alcohol or other substances by the child"),
    "health_parent": (Domain.FAMILY, "Physical or mental health condition of a parent or carer"),
    "substance_parent": (Domain.FAMILY, "Misuse of alcohol or other substances by a parent or carer"),
    "smoking": (Domain.FAMILY, "Smoking in the household or in pregnancy"),
    "housing": (Domain.FAMILY, "Housing"),
    "domestic_abuse": (Domain.FAMILY, "Domestic violence or abuse"),
    "co_sleeping": (Domain.FAMILY, "Unsafe sleeping arrangements"),
    "supervision": (Domain.PARENTING, "Supervision and care"),
    "abuse": (Domain.PARENTING, "Abuse or neglect"),
    "access": (Domain.SERVICES, "Access to health care and other services"),
    "treatment": (Domain.SERVICES, "Earlier medical or surgical treatment"),
    "communication": (Domain.SERVICES, "Communication between services, and with the family"),
}
"""The factors of the review form, each in its domain. A code that is in use is never given to another factor."""


def factors_of(domain: str) -> dict[str, str]:
    return {code: label for code, (where, label) in FACTORS.items() if where == domain}
