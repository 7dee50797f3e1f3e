from django.urls import URLPattern, path

from .sign_on import views as sign_on
from .views import agencies, invitations, own, people, tokens

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("", people.PersonList.as_view(), name="person_list"),
    path("invite/", invitations.Invite.as_view(), name="invite"),
    path("invitations/", invitations.InvitationList.as_view(), name="invitation_list"),
    path("invitations/<uuid:pk>/", invitations.Invited.as_view(), name="invited"),
    path("invitations/<uuid:pk>/take-back/", invitations.TakeBack.as_view(), name="invitation_revoke"),
    path("invitation/<str:token>/", invitations.Accept.as_view(), name="accept"),
    path("agencies/", agencies.AgencyList.as_view(), name="agency_list"),
    path("agencies/add/", agencies.AddAgency.as_view(), name="agency_add"),
    path("agencies/<int:pk>/", agencies.AgencyPage.as_view(), name="agency"),
    path("agencies/<int:pk>/change/", agencies.ChangeDetails.as_view(), name="agency_change"),
    path("agencies/<int:pk>/rename/", agencies.RenameAgency.as_view(), name="agency_rename"),
    path("agencies/<int:pk>/end/", agencies.EndAgency.as_view(), name="agency_end"),
    path("roles/", own.WhoMayDoWhat.as_view(), name="roles"),
    path("roles/<int:pk>/end/", people.EndRole.as_view(), name="role_end"),
    path("account/", own.Account.as_view(), name="account"),
    path("account/name/", own.ChangeName.as_view(), name="name"),
    path("account/digest/", own.ChooseDigest.as_view(), name="digest"),
    path("account/sign-on/<slug:provider_id>/link/", sign_on.Link.as_view(), name="sign_on_link"),
    path("account/sign-on/<int:pk>/unlink/", sign_on.Unlink.as_view(), name="sign_on_unlink"),
    path("sign-on/", sign_on.Domains.as_view(), name="sign_on"),
    path("sign-on/approve/", sign_on.Approve.as_view(), name="sign_on_approve"),
    path("sign-on/<int:pk>/end/", sign_on.End.as_view(), name="sign_on_end"),
    path("sign-on/asked/", sign_on.Requests.as_view(), name="sign_on_requests"),
    path("sign-on/asked/<uuid:pk>/", sign_on.Decide.as_view(), name="sign_on_decide"),
    path("sign-on/ask/", sign_on.Ask.as_view(), name="sign_on_ask"),
    path("account/tokens/", tokens.OwnTokens.as_view(), name="token_list"),
    path("account/tokens/make/", tokens.MakeToken.as_view(), name="token_make"),
    path("tokens/", tokens.AllTokens.as_view(), name="all_tokens"),
    path("tokens/<uuid:pk>/revoke/", tokens.RevokeToken.as_view(), name="token_revoke"),
    path("no-role/", own.NoRole.as_view(), name="no_role"),
    path("<uuid:pk>/", people.PersonPage.as_view(), name="person"),
    path("<uuid:pk>/change/", people.ChangeDetails.as_view(), name="person_change"),
    path("<uuid:pk>/role/", people.GiveRole.as_view(), name="role_give"),
    path("<uuid:pk>/close/", people.CloseAccount.as_view(), name="person_close"),
    path("<uuid:pk>/open/", people.OpenAccount.as_view(), name="person_open"),
    path("<uuid:pk>/second-factor/", people.RemoveSecondFactor.as_view(), name="second_factor_remove"),
]
