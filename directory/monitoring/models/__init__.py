from directory.monitoring.models.confirmation import ConfirmationRound, Invitation, PartnerContact
from directory.monitoring.models.link_check import LinkCheck
from directory.monitoring.models.proposal import ChangeProposal, ProposedChange
from directory.monitoring.models.snapshot import Snapshot
from directory.monitoring.models.verification import ReviewInterval, Verification

__all__ = [
    "ChangeProposal",
    "ConfirmationRound",
    "Invitation",
    "LinkCheck",
    "PartnerContact",
    "ProposedChange",
    "ReviewInterval",
    "Snapshot",
    "Verification",
]
