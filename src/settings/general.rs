//! What concerns the installation as a whole.
use serde::{Deserialize, Serialize};

use super::Setting;

/// Settings of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct General {
    /// What customers read where no shop is meant.
    pub business_name: String,
    pub support_email: Option<String>,
    pub support_whatsapp: Option<String>,
    /// Days that processed deliveries are kept, 30 to 3650.
    pub inbox_days: u16,
    /// Days that finished jobs are kept, 1 to 365.
    pub jobs_days: u16,
}

impl Default for General {
    fn default() -> Self {
        Self {
            business_name: "Abono".to_owned(),
            support_email: None,
            support_whatsapp: None,
            inbox_days: 90,
            jobs_days: 14,
        }
    }
}

impl Setting for General {
    const NAME: &'static str = "general";
}
