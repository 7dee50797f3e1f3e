"""What the board of Southampton published of 2016-17 and follows from records: where each stands in the report.

A line is a chapter, the fact that says it (or nothing, where it is a row of a table), and words that stand one after
the other in a sentence or row of that chapter. Of the four published figures that do not follow from the others it is
the computed one that stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLE = """
# groups
board | | Southampton Local Safeguarding Children Board … Main board
board | | LSB Executive Group … Executive group, joint
board | | Serious Case Review Group … Sub group
board | | Child Death Overview Panel … Sub group … Met six times in 2016-17
board | | LSB Learning and Development Group … Sub group, joint
board | | Missing, Exploited and Trafficked Strategic Group … Sub group
board | | Monitoring and Evaluation Group … Sub group
board | | Neglect Assurance Group … Assurance group
board | | Neglect Task and Finish Group … Task and finish group
board | | Education Task and Finish Group … Task and finish group
board | | Diversity Advisory Group … Advisory group
# membership
board | | Independent … Independent Chair
board | | Southampton City Council … Director of Children and Families
board | | Southampton City Council … Director of Housing, Adults and Communities
board | | Hampshire Constabulary … Detective Superintendent, Public Protection
board | | National Probation Service … Director of Portsmouth and Southampton Local Delivery Unit
board | | Southampton City Clinical Commissioning Group … Director of Quality and Integration / Executive Nurse
board | | NHS England (Wessex) … Director of Nursing
board | | University Hospital Southampton NHS Foundation Trust … Director of Nursing and Organisational Development
board | | Solent NHS Trust … Operations Director (Children's Services)
board | | Southern Health NHS Foundation Trust … Director of Children and Families Division and Safeguarding Lead
board | | South Central Ambulance Service … Assistant Director of Quality
board | | Cafcass … Senior Service Manager
board | | Primary schools … Primary Heads Conference Representative
board | | Primary schools … Headteacher representative
board | | Secondary schools … Secondary Schools Conference Representative
board | | Special schools … Special Schools Conference Representative
board | | Further education … Further Education Representative
board | | Voluntary and community sector … Southampton Voluntary Services Representative
board | | Southampton City Council … Lead Member for Children's Services
board | | Health (designated professionals) … Designated Doctor
board | | Lay members … Lay Member (three in post)
# meetings, priorities, themes, what is left to do
priorities | | Southampton Local Safeguarding Children Board: Think family … Meeting … July 2016
priorities | | Southampton Local Safeguarding Children Board: Neglect … Meeting … October 2016
priorities | | going missing or being exploited or trafficked … Meeting … December 2016
priorities | | Southampton Local Safeguarding Children Board: Communication … Meeting … March 2017
priorities | priorities | worked on 5 priorities through
priorities | themes | through 4 themes
priorities | left | 20 actions are left to do
priorities | | Develop a training offer on disability and on child mental health … 31 March 2018
priorities | | Widen how learning from case reviews and audits is shared … 31 March 2018
priorities | | Review the Joint Working Protocol and write a Southampton version
priorities | | transition from children's to adult services with a focus on mental health … 31 March 2018
priorities | | Agree a multi-agency definition of neglect … 31 March 2018
priorities | | Finalise the multi-agency revision of the neglect strategy … 31 March 2018
priorities | | Refresh the neglect toolkit in line with the new thresholds … 31 March 2018
priorities | | Take part in the JTAI audit of neglect … 31 March 2018
priorities | | Develop a dataset that shows the extent of neglect … 31 March 2018
priorities | | Explore peer challenge on thresholds in cases of neglect … 31 March 2018
priorities | | Improve links between the Corporate Parenting Committee and the board … 31 March 2018
priorities | | Ensure Education has a detailed action plan on attendance and attainment … 31 March 2018
priorities | | Seek the views of children and young people in work on aspirations and resilience … 31 March 2018
priorities | | Work with schools and social care on a strategic response to online safety … 31 March 2018
priorities | | audit of recent cases of peer-to-peer online exploitation … 31 March 2018
priorities | | Develop a system to monitor and quality assure foster carers
priorities | | Review the results of the education safeguarding self-assessments … 31 March 2018
priorities | | Deliver audits as per the agreed schedule … 31 March 2018
priorities | | Ensure the needs of diverse communities are met … 31 March 2018
priorities | | Embed a regular multi-agency session for professionals … 31 March 2018
# challenges
challenges | raised | raised 45 challenges
challenges | | All … 45
# audits, and next year's schedule
audits | audits | 4 audits were carried out
audits | | Children living with domestic abuse (dry run) … JTAI dry run … 7 … General Practitioners
audits | | Looked after children placed out of area … 3
audits | | Neglect … Thematic … Monitoring and Evaluation Group
audits | | Female genital mutilation … Thematic … Monitoring and Evaluation Group
audits | cases_domestic_abuse | live with domestic abuse: 7 cases
audits | | Requires improvement … 3
audits | | Children who go missing … April to July 2017
audits | | Children living with neglect … JTAI dry run … May to July 2017
audits | | Core group audit … September to November 2017
audits | | Transition from children to adult services … September to November 2017
audits | | Interfamilial sexual abuse … JTAI dry run … January 2018
# case reviews
reviews | outstanding_before | Outstanding on 31 March 2016 … 46
reviews | outstanding | Outstanding on 31 March 2017 … 30
reviews | agreed | 3 further reviews were agreed in 2016-17
reviews | serious_completed | 0 serious case reviews were completed
reviews | share_adult_services | Adult Services … 80%
reviews | running | 6 reviews were running
reviews | themes | The same 7 themes
reviews | | Allegations against foster carers … Serious case review … resumed in August 2016
reviews | | Long-term neglect of two siblings … Partnership review
reviews | | Online safety … Thematic review
reviews | | Emotional and physical neglect of two children … Partnership review … Agreed in 2016-17
reviews | | Death of a young child A … Serious case review … Agreed in 2016-17
reviews | | Death of a young child B … Serious case review … Agreed in 2016-17
reviews | | Chronologies … keep and use an up-to-date chronology
reviews | | Trigger trio … domestic violence, substance misuse and mental ill health
reviews | | Escalation … escalates until the child is safe
reviews | | Good communication between agencies … information-sharing rules
reviews | | Voice of the child … see the household as the child lives it
reviews | | Regular and effective supervision … look stable or low risk
reviews | | Use your instincts … inquisitive enquiry
# Section 11
section11 | full_returns | 16 agencies made a full return
section11 | updates | 1 sent an update
section11 | recurring | 4 areas for development
section11 | | Adult Services … Full return … local
section11 | | Cafcass … Full return … cross-area
section11 | | Children and Families Services (early help, social care, education and early years) … Full return … local
section11 | | Hampshire Constabulary … Full return … cross-area
section11 | | Hampshire and Isle of Wight Community Rehabilitation Company … Full return … cross-area
section11 | | Home Office Border Force … Full return … cross-area
section11 | | Housing Services … Full return … local
section11 | | Jubilee Sailing Trust … Update, requested by the chair … local
section11 | | Licensing … Full return … local
section11 | | National Probation Service … Full return … cross-area
section11 | | Public Health … Full return … local
section11 | | Solent NHS Trust … Full return … cross-area
section11 | | Southampton City Clinical Commissioning Group … Full return … local
section11 | | Southern Health NHS Foundation Trust … Full return … cross-area
section11 | | Sport, leisure and culture services … Full return … local
section11 | | University Hospital Southampton NHS Foundation Trust … Full return … local
section11 | | Youth Offending Service … Full return … local
section11 | | Staff can reach the 4LSCB online inter-agency procedures, know them and use them properly
section11 | | Staff are clear when a referral to MASH is needed
section11 | | Records are kept of who completed safeguarding training with dates and details
section11 | | Staff are told who the designated safeguarding lead in their organisation is
# child deaths
cdop | notified | 26 deaths of children were notified
cdop | reviewed | 17 reviews were completed
cdop | awaiting | 6 deaths awaited review
cdop | reviewed_before | (9 the year before)
cdop | meetings | It met 6 times
cdop | neonatal | 0-27 days … 10
cdop | neonatal_share | 59% (n = 17) were of newborn children
cdop | category_congenital | Chromosomal, genetic and congenital anomalies … 4
cdop | category_congenital_share | 24% (n = 17) of children with chromosomal
cdop | category_malignancy | Malignancy … 3
cdop | category_malignancy_share | 18% (n = 17) of children with a malignancy
cdop | expected | Expected … 16
cdop | unexpected | Unexpected … 1
cdop | modifiable | Modifiable factors identified … 4
cdop | not_modifiable | No modifiable factors identified … 13
cdop | male | Male … 10
cdop | female | Female … 7
cdop | | Child protection plan … At no time … 15 … Not known … 2
cdop | | Statutory order … At no time … 15 … Not known … 2
cdop | | Asylum seeker … Yes … 0
# the city's children
dataset | looked_after.first | 30 June 2016 … 611
dataset | looked_after | 31 March 2017 … 542
dataset | looked_after.change_in_year | from 611 to 542 (-11.3%)
dataset | looked_after.rate | 110 per 10,000 children under 18
dataset | looked_after.neighbours | Statistical neighbours … 76
dataset | looked_after.region | South East … 52
dataset | looked_after.england | England … 60
dataset | | 30 September 2015 … 337
dataset | | 30 June 2016 … 316
dataset | | Children on a child protection plan for 15 months or more … 43 … 44
dataset | child_protection_15_months | Children on a child protection plan for 15 months or more … 55 … 58 … 63 … 68
dataset | child_protection_plan.rate | Southampton … 67 … 31 March 2017
dataset | child_protection_plan.neighbours | Statistical neighbours … 54
dataset | child_protection_plan.region | South East … 42
dataset | child_protection_plan.england | England … 43
dataset | cin_referrals.two_years_before | Child in need referrals … 4,594
dataset | cin_referrals.year_before | Child in need referrals … 4,594 … 4,091
dataset | cin_referrals.year_before_change | 4,091 … -10.9%
dataset | cin_referrals.year | -10.9% … 3,595
dataset | cin_referrals.year_change | 3,595 … -12.1%
dataset | | Re-referrals within 12 months … 22% (n = 943) … 21% (n = 902) … 19% (n = 889) … 20% (n = 861)
dataset | | Re-referrals within 12 months … 23% (n = 986)
dataset | mash_contacts.change_in_year | +65.0% from April 2016 to March 2017
dataset | section_47.year | Section 47 enquiries from referrals … 1,361
dataset | | Initial health assessments in time … 74% … 67% … 67% … 78%
dataset | missing_high.year | High risk … 52
dataset | missing_high.share | High risk … 5.0%
dataset | missing_medium.year | Medium risk … 862
dataset | missing_medium.share | Medium risk … 83.0%
dataset | missing_low.year | Low risk … 2
dataset | missing_low.share | Low risk … 0.2%
dataset | missing_absent.year | Absent … 123
dataset | missing_absent.share | Absent … 11.8%
dataset | missing_episodes.year | All … 262 … 270 … 266 … 241 … 1,039
dataset | missing_reports.year | Missing reports received by Barnardo's … 535
dataset | cse_known | Children known to be at risk of CSE … 39 … 43 … 44 … 71
dataset | | Young people open to U-Turn … 21 … 24
dataset | | Young people open to U-Turn … 27 … 30 … 34 … 32
dataset | | New trafficking referrals to Barnardo's … 0 … 0 … 0
dataset | neet.change_on_year | Q1 2016-17 … new definition … Version 2
dataset | population | Resident population … 254,275
dataset | | Residents who are male … 129,879
dataset | | Residents who are female … 124,396
dataset | under_19 | Residents under 19 … 24.6% … 62,448 of 254,275
dataset | | Children in poverty (under 16) … 23.4%
dataset | | Obese at age 4 to 5 … 9.8%
dataset | | Obese at age 10 to 11 … 22.5%
dataset | | MMR immunisation at age 2 … 94.9% … 95.0%
dataset | five_in_one | Diphtheria, tetanus, polio, pertussis and Hib immunisation at age 2 … 97.1% … 95.0%
dataset | | Five year olds with decayed, filled or missing teeth … 33.7%
dataset | | School children from a minority ethnic group … 33.7%
# engagement
engagement | event_1.reached | Safeguarding Week … June 2016 … over 400 families and individuals … 138
engagement | event_2.reached | Imagine the Future … 12 July 2016 … 250 school children
engagement | event_3.reached | Annual conference on neglect … December 2016 … approximately 175 professionals
engagement | | Safer Internet Day … 7 February 2017
engagement | | CSE Awareness Day … March 2017
engagement | newsletters | shared what was learned in 5 newsletters
engagement | surveys | 4 surveys
engagement | survey_2016_11.1.1 | Very confident … 16%
engagement | survey_2016_11.1.2 | Fairly confident … 56%
engagement | survey_2016_11.1.3 | Fairly unconfident … 25%
engagement | survey_2016_11.1.4 | Very unconfident … 3%
# training
training | programme.wednesday_workshops.sessions | Wednesday Workshops … 33
training | programme.wednesday_workshops.attendances | Wednesday Workshops … 33 … 424
training | | Working Together to Safeguard Children Level 3 … 6 … 137
training | | Working Together to Safeguard Children Level 3 refresher … 6 … 77
training | programme.half_day_workshops.attendances | Half day workshops … 13 … 329
training | programme.annual_conference.attendances | Annual conference … 1 … 175
training | | Working with interpreters … Wednesday Workshops
training | | Recognising physical injuries … Wednesday Workshops
training | | Child Abuse Investigation Team … Wednesday Workshops
training | | Working with GPs … Wednesday Workshops
training | course.introduction_to_neglect.attendances | Introduction to neglect … 4 … 91
training | | Adult mental health … 4 … 82
training | | Substance and alcohol misuse … 3 … 62
# finances
finances | core | £131,453
finances | learning | £20,144
finances | | Southampton City Council … £81,224
finances | | Southampton City Clinical Commissioning Group … £33,724
finances | | Hampshire Constabulary … £13,297
finances | | National Probation Service … £1,329
finances | | Hampshire and Isle of Wight Community Rehabilitation Company … £1,329
finances | | Cafcass … £550
"""


@dataclass(frozen=True)
class Line:
    chapter: str
    fact: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.chapter}: {' … '.join(self.words)}"


def _line(text: str) -> Line:
    chapter, fact, words = (part.strip() for part in text.split("|"))
    return Line(chapter, f"{chapter}.{fact}" if fact else "", tuple(words.split(" … ")))


PUBLISHED = tuple(_line(line) for line in TABLE.strip().splitlines() if not line.startswith("#"))
