//! Asks a server on this machine whether it is well. Plain HTTP over loopback, so that an image needs no `curl`.
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Succeeds when `GET /healthz` answers 200.
pub(super) async fn ask(bind: SocketAddr) -> anyhow::Result<()> {
    let address = reachable(bind);
    let line = timeout(PATIENCE, status_line(address))
        .await
        .with_context(|| format!("{address} has not answered within {} seconds", PATIENCE.as_secs()))?
        .with_context(|| format!("{address} does not answer"))?;
    if line.split(' ').nth(1) != Some("200") {
        bail!("{address} is not well: {line}");
    }
    Ok(())
}

/// A server that listens everywhere is asked over loopback.
fn reachable(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bind.port())
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut start = Vec::new();
    stream.take(4096).read_to_end(&mut start).await?;
    let text = String::from_utf8_lossy(&start);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, routing::get};
    use tokio::net::TcpListener;

    use super::*;

    async fn server(status: StatusCode) -> SocketAddr {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/healthz", get(move || async move { status }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    #[tokio::test]
    async fn a_server_that_listens_everywhere_is_well_when_it_says_so() {
        ask(server(StatusCode::OK).await).await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_is_ill_or_absent_is_not_well() {
        let ill = ask(server(StatusCode::SERVICE_UNAVAILABLE).await).await.unwrap_err();
        assert!(ill.to_string().contains("503"), "{ill}");
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert!(ask(free).await.is_err());
    }
}
