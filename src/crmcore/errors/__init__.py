"""Every error this library raises, in one tree.

::

    CrmError
    ├── NotValid      what was given cannot be right          (also a ValueError)
    ├── NotAllowed    right in form, but refused here and now
    ├── NotFound      what was named does not exist           (also a LookupError)
    ├── Conflict      somebody else was faster, or it is there already
    └── StoreFailure  the place where the data lies said no

Errors are data: a stable ``code``, typed fields, a message computed from them; names of fields and
ids, never the values of a person. They are positional attrs classes, so that they survive pickling.
"""

from crmcore.errors.invalid import (
    CurrencyMismatch,
    ExpressionTooLarge,
    FaultAt,
    InexactNumber,
    InvalidText,
    InvalidValue,
    LifecycleNotSound,
    MalformedFile,
    ManyFaults,
    MissingExtra,
    NaiveTime,
    UnknownField,
    UnknownName,
    UnknownStore,
    WrongType,
    raise_collected,
)
from crmcore.errors.refused import (
    ActivityNotAllowed,
    Closed,
    EnricherFailed,
    EntityNotFound,
    FieldProtected,
    GuardRefused,
    ImmutableDocument,
    LimitExceeded,
    MoveForbidden,
    NestedTransaction,
    NothingFound,
    OutsideFailed,
    ReferenceNotFound,
    TenantNotEmpty,
)
from crmcore.errors.root import (
    Conflict,
    CrmError,
    NotAllowed,
    NotFound,
    NotValid,
    StoreFailure,
)
from crmcore.errors.stores import (
    Busy,
    Contention,
    DamagedRecord,
    Duplicate,
    IdempotencyMismatch,
    KeyTaken,
    OutcomeUnknown,
    SeveralFound,
    StaleRevision,
    StillReferenced,
    StoreUnavailable,
    UnsafeStore,
)

__all__ = (
    "ActivityNotAllowed",
    "Busy",
    "Closed",
    "Conflict",
    "Contention",
    "CrmError",
    "CurrencyMismatch",
    "DamagedRecord",
    "Duplicate",
    "EnricherFailed",
    "EntityNotFound",
    "ExpressionTooLarge",
    "FaultAt",
    "FieldProtected",
    "GuardRefused",
    "IdempotencyMismatch",
    "ImmutableDocument",
    "InexactNumber",
    "InvalidText",
    "InvalidValue",
    "KeyTaken",
    "LifecycleNotSound",
    "LimitExceeded",
    "MalformedFile",
    "ManyFaults",
    "MissingExtra",
    "MoveForbidden",
    "NaiveTime",
    "NestedTransaction",
    "NotAllowed",
    "NotFound",
    "NotValid",
    "NothingFound",
    "OutcomeUnknown",
    "OutsideFailed",
    "ReferenceNotFound",
    "SeveralFound",
    "StaleRevision",
    "StillReferenced",
    "StoreFailure",
    "StoreUnavailable",
    "TenantNotEmpty",
    "UnknownField",
    "UnknownName",
    "UnknownStore",
    "UnsafeStore",
    "WrongType",
    "raise_collected",
)
