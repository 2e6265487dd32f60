//! The closed list of problems. Each has a page at `/problems/{slug}` in both languages.
use axum::http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:ident;)*) => {
        /// What went wrong, as a client may tell problems apart. The slug is part of the API: it never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The last part of the problem's `type`.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The `code` member: the slug as an identifier, for programs to switch on.
            pub fn code(self) -> String {
                self.slug().replace('-', "_")
            }

            /// The status it is answered with.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The `type` member: where the kind is explained.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => concat!("/problems/", $slug),)* }
            }

            /// The text key of the title.
            pub fn title_key(self) -> &'static str {
                match self { $(Self::$name => concat!("problem-", $slug),)* }
            }

            /// The text key of the explanation: what it means and what to do.
            pub fn text_key(self) -> &'static str {
                match self { $(Self::$name => concat!("problem-", $slug, "-text"),)* }
            }
        }
    };
}

// A new kind needs two texts in both languages: `problem-SLUG` and `problem-SLUG-text` (a test asks for them).
kinds! {
    /// The body is not the JSON or the form it should be.
    UnreadableBody = "unreadable-body", BAD_REQUEST;
    /// A parameter of the address cannot be read.
    UnreadableQuery = "unreadable-query", BAD_REQUEST;
    /// A page cursor that was not made here.
    BadCursor = "bad-cursor", BAD_REQUEST;
    /// No login, or no valid key.
    NotSignedIn = "not-signed-in", UNAUTHORIZED;
    /// Known, but not allowed.
    Forbidden = "forbidden", FORBIDDEN;
    /// The form did not come from our page, or the page was too old.
    Csrf = "csrf", FORBIDDEN;
    /// There is no such thing, or it is someone else's.
    NotFound = "not-found", NOT_FOUND;
    /// The address exists, not for this method.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED;
    /// The state of the thing forbids it.
    Conflict = "conflict", CONFLICT;
    /// It existed and is over: a used link, a finished hand-off.
    Gone = "gone", GONE;
    /// The body is larger than we take.
    PayloadTooLarge = "payload-too-large", PAYLOAD_TOO_LARGE;
    /// A body of another kind than we read.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE;
    /// Readable, but some fields are wrong.
    Invalid = "invalid", UNPROCESSABLE_ENTITY;
    /// Too often; `Retry-After` says when again.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS;
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// The database or a shop does not answer; `Retry-After` says when again.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    /// It took longer than a request may.
    Timeout = "timeout", GATEWAY_TIMEOUT;

    // Problems of the slices come below, one block each.

    /// A write without the header that makes repeating it safe.
    IdempotencyKeyMissing = "idempotency-key-missing", BAD_REQUEST;
    /// The same key came with another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY;
    /// The first request with this key is still at work.
    InFlight = "in-flight", CONFLICT;

    /// Nobody by that reference, or nobody this key may speak of.
    AccountNotFound = "account-not-found", NOT_FOUND;

    /// No feature has that code, or it is retired.
    FeatureNotFound = "feature-not-found", NOT_FOUND;
    /// The person has nothing that could pay for the feature.
    NoEntitlement = "no-entitlement", CONFLICT;
    /// What would have paid is over.
    EntitlementExpired = "entitlement-expired", CONFLICT;
    /// What would pay is blocked, or waits for an admin.
    EntitlementBlocked = "entitlement-blocked", CONFLICT;

    /// Less is left than was asked for.
    InsufficientCredits = "insufficient-credits", CONFLICT;
    /// There were enough, but they expired.
    SessionsExpired = "sessions-expired", CONFLICT;
    /// A refund of spent sessions blocks until it is settled.
    SessionsBlocked = "sessions-blocked", CONFLICT;
    /// The reservation ran out before it was started.
    ReservationExpired = "reservation-expired", CONFLICT;
    /// The reservation is not where this step begins.
    ReservationState = "reservation-state", CONFLICT;
    /// Bought, or nothing is left: it cannot be changed by hand.
    GrantFixed = "grant-fixed", CONFLICT;

    /// As the licence stands, this change cannot be made.
    LicenceState = "licence-state", CONFLICT;
}

impl Kind {
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// The general kind of an error status that came without a problem.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::NotSignedIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::GONE => Self::Gone,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            status if status.is_client_error() => Self::UnreadableBody,
            _ => Self::Internal,
        }
    }
}
