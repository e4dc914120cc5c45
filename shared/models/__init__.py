"""The tables of PostgreSQL schema desk, as SQLAlchemy classes."""

from shared.models.audit import AuditBlock, AuditEntry, AuditOpen, AuditPrivate, AuditSeal, Forgetting
from shared.models.base import Base
from shared.models.choice import Choice, ChoiceList, DependentChoice, FieldRule, StatusTransition
from shared.models.contact_log import Complaint, Interaction
from shared.models.customer import Contact, Customer, Project
from shared.models.importing import ImportBatch, ImportReject
from shared.models.machine import (
    EnrolmentCode,
    Machine,
    MachineCertificate,
    MachinePerson,
    MachineSeen,
    SecurityEvent,
    SigningRequest,
)
from shared.models.people import Department, Staff
from shared.models.product import HardwareRevision, Product, Release, ReleaseHardware
from shared.models.saving import EditLease, SaveDone
from shared.models.search import PrivacyMark, SearchMove, SearchPrivate, SearchPublic
from shared.models.site import Setting, VersionGate, WorkerHeartbeat
from shared.models.ticket import Attachment, Comment, CommentPrivate, Ticket, TicketEvent, TicketSummary

__all__ = [
    "Attachment",
    "AuditBlock",
    "AuditEntry",
    "AuditOpen",
    "AuditPrivate",
    "AuditSeal",
    "Base",
    "Choice",
    "ChoiceList",
    "Comment",
    "CommentPrivate",
    "Complaint",
    "Contact",
    "Customer",
    "Department",
    "DependentChoice",
    "EditLease",
    "EnrolmentCode",
    "FieldRule",
    "Forgetting",
    "HardwareRevision",
    "ImportBatch",
    "ImportReject",
    "Interaction",
    "Machine",
    "MachineCertificate",
    "MachinePerson",
    "MachineSeen",
    "PrivacyMark",
    "Product",
    "Project",
    "Release",
    "ReleaseHardware",
    "SaveDone",
    "SearchMove",
    "SearchPrivate",
    "SearchPublic",
    "SecurityEvent",
    "Setting",
    "SigningRequest",
    "Staff",
    "StatusTransition",
    "Ticket",
    "TicketEvent",
    "TicketSummary",
    "VersionGate",
    "WorkerHeartbeat",
]
