#[derive(Debug, Clone)]
pub struct Http(pub reqwest::Client);
