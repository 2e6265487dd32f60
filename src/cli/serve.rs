//! Taking requests until told to stop, and then stopping in good order: no new ones, the running ones drain.
use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long running requests may take to end once we stop.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Waits for Ctrl-C or a service manager's wish to stop.
pub async fn shutdown_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// A token that is cancelled by the first signal to stop. Server and workers get clones. The second signal ends the
/// process on the spot: what must survive that is in the database.
pub fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        if let Err(error) = shutdown_signal().await {
            tracing::error!(%error, "cannot listen for signals");
            return;
        }
        tracing::info!("stopping (again to stop at once)");
        told.cancel();
        if shutdown_signal().await.is_ok() {
            std::process::exit(130);
        }
    });
    stop
}

/// Takes requests until `stop` is cancelled, then waits up to [`DRAIN`] for those that are running.
///
/// Handlers find the client's address as `ConnectInfo<SocketAddr>`.
pub async fn serve_on(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
    serve_until(listener, router, stop, DRAIN).await
}

async fn serve_until(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        ended = server => ended,
        () = patience => {
            tracing::warn!(seconds = drain.as_secs(), "requests were still running and are cut off");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{extract::ConnectInfo, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        task::JoinHandle,
        time::{Instant, sleep, timeout},
    };

    use super::*;

    async fn start(
        drain: Duration,
        work: Duration,
    ) -> (SocketAddr, CancellationToken, JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = move |ConnectInfo(client): ConnectInfo<SocketAddr>| async move {
            sleep(work).await;
            client.ip().to_string()
        };
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(answer));
        let server = tokio::spawn(serve_until(listener, router, stop.clone(), drain));
        (address, stop, server)
    }

    async fn ask(address: SocketAddr) -> io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n").await?;
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }

    #[tokio::test]
    async fn a_request_that_runs_when_we_stop_is_answered_and_a_later_one_is_not_taken() {
        let (address, stop, server) = start(DRAIN, Duration::from_millis(300)).await;
        let running = tokio::spawn(ask(address));
        sleep(Duration::from_millis(100)).await;
        stop.cancel();
        assert!(running.await.unwrap().unwrap().ends_with("127.0.0.1"));
        timeout(Duration::from_secs(5), server).await.unwrap().unwrap().unwrap();
        assert!(ask(address).await.is_err());
    }

    #[tokio::test]
    async fn a_request_that_never_ends_does_not_keep_us_from_stopping() {
        let (address, stop, server) = start(Duration::from_millis(200), Duration::from_mins(10)).await;
        let stuck = tokio::spawn(ask(address));
        sleep(Duration::from_millis(100)).await;
        let began = Instant::now();
        stop.cancel();
        timeout(Duration::from_secs(5), server).await.unwrap().unwrap().unwrap();
        assert!(began.elapsed() >= Duration::from_millis(200));
        stuck.abort();
    }
}
