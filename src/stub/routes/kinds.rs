//! The ports, the services and their endpoints, by name.

/// The port that a request arrived at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Front {
    /// The gateway, or in profile `direct` one port for all services.
    Gateway,
    Llm,
    /// A service's own port.
    Auth,
    User,
    Plan,
    Video,
}

impl Front {
    /// The services that `--services` gives a port of their own.
    pub const SERVICES: [Self; 4] = [Self::Auth, Self::User, Self::Plan, Self::Video];

    /// The service that answers for unknown paths.
    pub fn service(self) -> Service {
        match self {
            Self::Gateway => Service::Gateway,
            Self::Llm => Service::Llm,
            Self::Auth => Service::Auth,
            Self::User => Service::User,
            Self::Plan => Service::Plan,
            Self::Video => Service::Video,
        }
    }
}

/// The service that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Gateway,
    Auth,
    User,
    Plan,
    Video,
    Llm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    Page,
    Overview,
    Messages,
    Message,
    Actuator,
    Health,
    HealthPart,
    Info,
    Signup,
    Login,
    Refresh,
    GoogleCallback,
    GoogleRedirect,
    GoogleVerify,
    AppleVerify,
    Authorize,
    Jwks,
    Me,
    PatchMe,
    FindOrCreateUser,
    CreateEmailUser,
    UserByEmail,
    CreatePlan,
    ListPlans,
    GetPlan,
    UpdatePlan,
    DeletePlan,
    ConfirmPlan,
    CompletePlan,
    AddPhoto,
    ListPhotos,
    PresignPhoto,
    Trips,
    CreateVideo,
    ListVideos,
    GetVideo,
    LlmRoot,
    LlmHealth,
    PlannerHealth,
    LlmDocument,
    Generate,
    Stream,
}
