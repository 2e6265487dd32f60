#[derive(Debug, Clone)]
pub struct Http(pub reqwest::Client);

impl Http {
    pub fn new(_allow_private: bool) -> Result<Self, reqwest::Error> {
        reqwest::Client::builder().build().map(Self)
    }
}
