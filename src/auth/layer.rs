//! Finds out, once per request, who a browser is signed in as and where it comes from.
use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Logins, Visitor,
    cookie::{self, Whose},
    login,
};
use crate::{app::App, config::Config, db::DbError, web::problem::Problem};

/// Puts [`Logins`] and [`Visitor`] into the request's extensions. Files need neither; programs carry no cookies and do not
/// pass here.
pub async fn identify(State(app): State<App>, mut req: Request, next: Next) -> Response {
    if req.uri().path().starts_with("/static/") {
        return next.run(req).await;
    }
    let logins = match find(&app, req.headers()).await {
        Ok(logins) => logins,
        Err(error) => return Problem::from(error).into_response(),
    };
    let visitor = visitor(&app.config, req.headers(), req.extensions());
    req.extensions_mut().insert(visitor);
    req.extensions_mut().insert(logins);
    next.run(req).await
}

async fn find(app: &App, headers: &HeaderMap) -> Result<Logins, DbError> {
    let staff = cookie::token(&app.config, headers, Whose::Staff);
    let customer = cookie::token(&app.config, headers, Whose::Customer);
    if staff.is_none() && customer.is_none() {
        return Ok(Logins::default());
    }
    let now = app.clock.now();
    let mut conn = app.db.conn().await?;
    Ok(Logins {
        staff: match staff {
            Some(token) => login::find_staff(&mut conn, &token, now).await?,
            None => None,
        },
        customer: match customer {
            Some(token) => login::find_customer(&mut conn, &token, now).await?,
            None => None,
        },
    })
}

/// Where a request comes from. Without a known peer (a test) the unspecified address.
fn visitor(config: &Config, headers: &HeaderMap, extensions: &Extensions) -> Visitor {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let forwarded = config.trust_proxy.then(|| last_hop(headers)).flatten();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let address = forwarded.or(peer);
    Visitor::new(address.unwrap_or(Visitor::default().address), agent)
}

/// The address our own proxy saw: it adds its line to the end. What stands before it, anyone may have written.
fn last_hop(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = line.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|addr| addr.ip()))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(match parts.extensions.get::<Self>() {
            Some(visitor) => visitor.clone(),
            None => visitor(&app.config, &parts.headers, &parts.extensions),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        last_hop(&headers).map(|ip| ip.to_string())
    }

    #[test]
    fn only_the_last_hop_is_believed() {
        assert_eq!(hop(&["203.0.113.9, 192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(hop(&["203.0.113.9", "192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(hop(&["192.0.2.7:5555"]).as_deref(), Some("192.0.2.7"));
        assert_eq!(hop(&["[2001:db8::1]:5555"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(hop(&["192.0.2.7, unknown"]), None);
        assert_eq!(hop(&[]), None);
    }
}
