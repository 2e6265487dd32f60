//! Ways in which a real shop fails its clients, to be injected on demand.
use super::DemoShop;

/// What goes wrong with a REST request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The host in front of the shop answers with a page: 202 (a challenge), 403 (a firewall), 503 (maintenance).
    Html(u16),
    /// The shop answers with this status and a JSON error.
    Status(u16),
    /// 429 with `Retry-After`, in seconds.
    TooMany { retry_after: u32 },
    /// No answer, ever.
    Hang,
    /// The right answer, cut in the middle.
    TruncatedJson,
    /// The request is carried out, but a gateway answers 504 in the shop's place.
    AnswerLost,
    /// Some plugin makes the shop ignore `customer=`: all orders come back.
    FilterIgnored,
    /// 200 with `[]`, whatever was asked.
    EmptyList,
}

impl Fault {
    /// Hits the next matching request.
    pub fn once(self) -> FaultRule {
        self.times(1)
    }

    /// Hits the next `n` matching requests.
    pub fn times(self, n: u32) -> FaultRule {
        FaultRule { left: Some(n), ..self.always() }
    }

    /// Hits every matching request until [`DemoShop::clear_faults`].
    pub fn always(self) -> FaultRule {
        FaultRule { fault: self, left: None, path: None, page: None, method: None }
    }
}

/// A fault and the requests it hits.
#[derive(Debug, Clone)]
pub struct FaultRule {
    fault: Fault,
    left: Option<u32>,
    path: Option<String>,
    page: Option<u32>,
    method: Option<String>,
}

pub(super) type ActiveFault = FaultRule;

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        fault.once()
    }
}

impl FaultRule {
    /// Only requests whose path and query contain this text.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Only this page of a list; a request without `page` asks for page 1.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Only this method, e.g. `POST`.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_uppercase());
        self
    }

    fn hits(&self, method: &str, path_and_query: &str, page: u32) -> bool {
        self.left != Some(0)
            && self.path.as_ref().is_none_or(|part| path_and_query.contains(part.as_str()))
            && self.page.is_none_or(|wanted| wanted == page)
            && self.method.as_ref().is_none_or(|wanted| wanted == method)
    }
}

impl DemoShop {
    /// Makes REST requests fail from now on; rules injected earlier are tried first. A bare [`Fault`] hits once.
    pub fn inject(&self, rule: impl Into<FaultRule>) {
        self.lock().faults.push(rule.into());
    }

    /// The shop behaves again.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// The fault that hits this request, used up by one.
    pub(super) fn take_fault(&self, method: &str, path_and_query: &str, page: u32) -> Option<Fault> {
        let faults = &mut self.lock().faults;
        let rule = faults.iter_mut().find(|rule| rule.hits(method, path_and_query, page))?;
        if let Some(left) = &mut rule.left {
            *left -= 1;
        }
        let fault = rule.fault;
        faults.retain(|rule| rule.left != Some(0));
        Some(fault)
    }
}
