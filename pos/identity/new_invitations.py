"""identity/new_invitations.py — new invitations on their way to the page that shows their link and PIN, until they are handed over."""

from ..kernel.errors import NotFound
from ..web.shown_secrets import ShownSecrets
from .invitations import NewInvitation


class NewInvitations(ShownSecrets[NewInvitation]):
    """What waits to be handed over, by sign-in and invitation."""

    def list_of_producer(self, sign_in: str, producer_id: int) -> list[NewInvitation]:
        return [each for each in self.list_waiting(sign_in) if each.producer_id == producer_id]

    def get_invitation(self, sign_in: str, producer_id: int, invitation_id: int) -> NewInvitation:
        """Raises NotFound (`invitation_shown_no_more`) for one that was handed over, or made by another sign-in."""
        for each in self.list_of_producer(sign_in, producer_id):
            if each.invitation_id == invitation_id:
                return each
        raise NotFound.because("invitation_shown_no_more")
