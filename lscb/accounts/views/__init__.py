"""The pages about people, invitations, agencies and one's own account."""
