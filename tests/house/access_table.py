"""Who gets through which door: every address of the portal and every role, written down by hand.

It is on purpose not computed from the code's own permissions. `inside` opens the page, `refused` is told that it is not
theirs to do (403), for everybody else it does not exist (404). People are those of the demonstration, by mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass

TEAM = frozenset({"manager", "coordinator"})
ANALYSTS = TEAM | {"analyst"}
BOARD = ANALYSTS | {"chair", "lay", "member", "reviews"}
POLICE = frozenset({"lead", "contributor"})
DEATHS = frozenset({"panel", "officer", "doctor"})
EVERYONE = BOARD | POLICE | DEATHS | {"reader", "professional", "technical"}
WHOLE_BOARD = ANALYSTS | {"chair", "lay"}
READERS = BOARD | POLICE | {"reader"}
ACCOUNTS = TEAM | {"technical"}
ACTIONS = BOARD | POLICE | DEATHS | {"reader"}
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Door:
    """`of` names the record that the address speaks of, as `tests/house/test_access.py` provides it."""

    inside: frozenset[str]
    refused: frozenset[str] = NOBODY
    of: str = ""
    writes: bool = False
    """An address that only takes what is sent: reading it tells nobody anything (405)."""


PUBLIC = {
    "health",
    "page",
    "demo:people",
    "challenges:log",
    "challenges:csv",
    "challenges:feed",
    "challenges:challenge",
    "demo:mail",
    "accounts:accept",
    "accounts:no_role",
    "account_login",
    "account_signup",
    "account_logout",
    "account_inactive",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
}
"""Addresses that answer without signing in: these and no other. Each has tests of its own."""

OWN = {
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "usersessions_list",
}
"""Addresses about one's own account, the same for everybody who is signed in."""

DOORS: dict[str, Door] = {
    "home": Door(EVERYONE),
    # People
    "accounts:account": Door(EVERYONE),
    "accounts:name": Door(EVERYONE),
    "accounts:roles": Door(EVERYONE),
    "accounts:person_list": Door(ACCOUNTS),
    "accounts:person": Door(ACCOUNTS, of="person"),
    "accounts:person_change": Door(ACCOUNTS, of="person"),
    "accounts:role_give": Door(ACCOUNTS, of="person"),
    "accounts:role_end": Door(ACCOUNTS, of="grant"),
    "accounts:person_close": Door(ACCOUNTS, of="person"),
    "accounts:person_open": Door(ACCOUNTS, of="person"),
    "accounts:second_factor_remove": Door(ACCOUNTS, of="person"),
    "accounts:invite": Door(ACCOUNTS),
    "accounts:invitation_list": Door(ACCOUNTS),
    "accounts:invited": Door(ACCOUNTS, of="invitation"),
    "accounts:invitation_revoke": Door(ACCOUNTS, of="invitation"),
    "accounts:agency_list": Door(BOARD | {"technical"}),
    "accounts:agency": Door(BOARD | {"technical"}, of="agency"),
    "accounts:agency_add": Door(TEAM, BOARD | {"technical"}),
    "accounts:agency_change": Door(TEAM, BOARD | {"technical"}, of="agency"),
    "accounts:agency_rename": Door(TEAM, BOARD | {"technical"}, of="agency"),
    "accounts:agency_end": Door(TEAM, BOARD | {"technical"}, of="agency"),
    # Jobs and files
    "jobs:job_list": Door(EVERYONE),
    "jobs:email_list": Door(ACCOUNTS),
    "jobs:job_detail": Door(ACCOUNTS | {"chair"}, of="job"),
    "jobs:job_progress": Door(ACCOUNTS | {"chair"}, of="job"),
    "jobs:job_result": Door(frozenset({"chair"}), of="job_with_file"),
    "jobs:job_retry": Door(ACCOUNTS, frozenset({"chair"}), of="job", writes=True),
    "jobs:job_cancel": Door(ACCOUNTS, frozenset({"chair"}), of="job", writes=True),
    "files:attachment_download": Door(TEAM, of="attachment"),
    # Board
    "boards:structure": Door(BOARD),
    "boards:membership": Door(BOARD),
    "boards:group_list": Door(BOARD),
    "boards:group": Door(BOARD, of="group"),
    "boards:group_add": Door(TEAM, BOARD),
    "boards:group_change": Door(TEAM, BOARD, of="group"),
    "boards:group_close": Door(TEAM, BOARD, of="group"),
    "boards:seat_add": Door(TEAM, BOARD, of="group"),
    "boards:seat": Door(TEAM, BOARD, of="seat"),
    "boards:seat_fill": Door(TEAM, BOARD, of="seat"),
    "boards:seat_end": Door(TEAM, BOARD, of="seat"),
    "boards:holding_end": Door(TEAM, BOARD, of="holder"),
    # Meetings: one of the main board, that was held
    "boards:meeting_list": Door(BOARD | DEATHS),
    "boards:meeting_add": Door(TEAM | {"officer"}, BOARD | DEATHS),
    "boards:attendance": Door(BOARD | DEATHS),
    "boards:meeting": Door(BOARD, of="meeting"),
    "boards:meeting_calendar": Door(BOARD, of="meeting"),
    "boards:meeting_docx": Door(BOARD, of="meeting"),
    "boards:meeting_pdf": Door(BOARD, of="meeting"),
    "boards:meeting_change": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_cancel": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_invite": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_agenda": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_papers": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_held": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_attendance": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_minutes": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_approve": Door(TEAM, BOARD, of="meeting"),
    "boards:meeting_action": Door(TEAM, BOARD, of="meeting"),
    "boards:business_plan_latest": Door(BOARD),
    "boards:business_plan": Door(BOARD, of="year"),
    "boards:plan_action": Door(TEAM, BOARD, of="year"),
    "boards:theme_set": Door(TEAM, BOARD, of="year"),
    "boards:priority_set": Door(TEAM, BOARD, of="year"),
    "boards:contribution_list": Door(TEAM | {"chair"}, BOARD),
    "boards:contribution": Door(TEAM | {"chair"}, BOARD, of="contribution"),
    "boards:contribution_add": Door(TEAM, BOARD),
    "boards:contribution_change": Door(TEAM, BOARD, of="contribution"),
    "boards:contribution_invoice": Door(TEAM, BOARD, of="contribution"),
    "boards:contribution_payment": Door(TEAM, BOARD, of="contribution"),
    # Challenges: one that was put to the police and raised at the main board
    "boards:challenge_list": Door(READERS),
    "boards:challenge_log": Door(TEAM, READERS),
    "boards:challenge": Door(WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_change": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_wording": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_respond": Door(TEAM | {"lead"}, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_accept": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_ask_again": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_escalate": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_move": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_resolve": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_close": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_action": Door(TEAM, WHOLE_BOARD | POLICE, of="challenge"),
    "boards:challenge_publish": Door(TEAM, READERS),
    "boards:challenge_preview": Door(TEAM, READERS),
    "boards:publication": Door(WHOLE_BOARD, of="publication"),
    # Actions: the business plan, and an action of it that the police are asked for
    "actions:mine": Door(ACTIONS),
    "actions:plan_list": Door(ACTIONS),
    "actions:plan": Door(BOARD, of="plan"),
    "actions:add": Door(TEAM, BOARD, of="plan"),
    "actions:action": Door(BOARD | POLICE, of="action"),
    "actions:note": Door(TEAM | POLICE, BOARD, of="action"),
    "actions:propose": Door(TEAM | POLICE, BOARD, of="action"),
    "actions:move": Door(TEAM, BOARD | POLICE, of="action"),
    "actions:send_back": Door(TEAM, BOARD | POLICE, of="action"),
    "actions:sign_off": Door(TEAM, BOARD | POLICE, of="action"),
    "actions:withdraw": Door(TEAM, BOARD | POLICE, of="action"),
    "actions:reopen": Door(TEAM, BOARD | POLICE, of="action"),
    # Dataset: an indicator of which the police are the source
    "dataset:edition_list": Door(BOARD),
    "dataset:edition_detail": Door(BOARD, of="edition"),
    "dataset:edition_export": Door(BOARD, of="edition_csv"),
    "dataset:edition_compile": Door(ANALYSTS, BOARD),
    "dataset:indicator_list": Door(BOARD),
    "dataset:indicator_detail": Door(BOARD | POLICE, of="indicator"),
    "dataset:indicator_add": Door(ANALYSTS, BOARD),
    "dataset:indicator_change": Door(ANALYSTS, BOARD, of="indicator"),
    "dataset:indicator_redefine": Door(ANALYSTS, BOARD, of="indicator"),
    "dataset:comparator_set": Door(ANALYSTS, BOARD, of="indicator"),
    "dataset:figure_list": Door(ANALYSTS | POLICE | {"chair"}),
    "dataset:figure_record": Door(ANALYSTS, BOARD),
    "dataset:figure_import": Door(ANALYSTS, BOARD),
    "dataset:figure_template": Door(ANALYSTS, BOARD),
    # Collections: the police in the quarter that is open, and a file that they uploaded
    "dataset:return_list": Door(ANALYSTS | POLICE | {"chair"}),
    "dataset:collection_open": Door(ANALYSTS, BOARD),
    "dataset:collection": Door(ANALYSTS | {"chair"}, of="collection"),
    "dataset:collection_move": Door(ANALYSTS, BOARD, of="collection"),
    "dataset:collection_remind": Door(ANALYSTS, BOARD, of="collection"),
    "dataset:collection_close": Door(ANALYSTS, BOARD, of="collection"),
    "dataset:grid": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return"),
    "dataset:grid_save": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return", writes=True),
    "dataset:grid_check": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return"),
    "dataset:grid_sent": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return"),
    "dataset:grid_upload": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return"),
    "dataset:grid_template": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="return_csv"),
    "dataset:upload": Door(ANALYSTS | POLICE, frozenset({"chair"}), of="upload"),
    # Annual report: an edition that is ready
    "reports:report_list": Door(BOARD),
    "reports:report_start": Door(ANALYSTS, BOARD),
    "reports:report_detail": Door(BOARD, of="report"),
    "reports:report_preview": Door(BOARD, of="report"),
    "reports:report_download": Door(BOARD, of="report"),
    "reports:report_build": Door(ANALYSTS, BOARD, of="report", writes=True),
    "reports:report_approve": Door(frozenset({"chair"}), BOARD, of="report", writes=True),
    "reports:words_edit": Door(ANALYSTS, BOARD, of="words"),
    # API
    "api:schema": Door(EVERYONE),
    "api:agency-list": Door(BOARD | {"technical"}),
    "api:agency-detail": Door(BOARD | {"technical"}, of="agency"),
    "api:group-list": Door(BOARD),
    "api:group-detail": Door(BOARD, of="group"),
    "api:seat-list": Door(BOARD),
    "api:seat-detail": Door(BOARD, of="seat"),
    "api:meeting-list": Door(BOARD | DEATHS),
    "api:meeting-detail": Door(BOARD, of="meeting"),
    "api:contribution-list": Door(TEAM | {"chair"}, BOARD),
    "api:contribution-detail": Door(TEAM | {"chair"}, BOARD, of="contribution"),
    "api:challenge-list": Door(READERS),
    "api:challenge-detail": Door(WHOLE_BOARD | POLICE, of="challenge"),
    "api:plan-list": Door(ACTIONS),
    "api:plan-detail": Door(BOARD, of="plan"),
    "api:action-list": Door(ACTIONS),
    "api:action-detail": Door(BOARD | POLICE, of="action"),
    "api:indicator-list": Door(BOARD | POLICE),
    "api:indicator-detail": Door(BOARD | POLICE, of="indicator"),
    "api:figure-list": Door(ANALYSTS | POLICE | {"chair"}),
    "api:collection-list": Door(ANALYSTS | POLICE | {"chair"}),
    "api:collection-detail": Door(ANALYSTS | POLICE | {"chair"}, of="collection_key"),
    "api:edition-list": Door(BOARD),
    "api:edition-detail": Door(BOARD, of="edition_key"),
    "api:report-list": Door(BOARD),
    "api:report-detail": Door(BOARD, of="report"),
}
