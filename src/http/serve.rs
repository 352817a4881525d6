//! Taking connections. None is held open for nothing: a client that connects has to send a request, and one that is served
//! may be silent only so long before the next.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::{ServiceExt, service_fn};

/// How long a client may take for the head of a request, and be silent between two. Longer than the 60 seconds for which
/// common proxies keep a connection: they should be the ones to close it, or they send a request into the closing.
const PATIENCE: Duration = Duration::from_secs(90);

/// Serves `app` on `listener` until `stop` says so, then closes idle connections and waits for the requests under way.
pub(crate) async fn serve<L: Listener>(mut listener: L, app: Router, mut stop: watch::Receiver<bool>) {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            (stream, _) = listener.accept() => stream,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        connections.spawn(connection(stream, app.clone(), stop.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection<I>(stream: I, app: Router, mut stop: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (asked, mut has_asked) = watch::channel(false);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let _ = asked.send(true);
        let app = app.clone();
        async move {
            Ok::<_, Infallible>(
                app.oneshot(request.map(Body::new))
                    .await
                    .unwrap_or_else(|never| match never {}),
            )
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    // Which protocol it is to be is found out without a limit of the library's own.
    let mut silence = pin!(tokio::time::timeout(PATIENCE, has_asked.wait_for(|asked| *asked)));
    let (mut is_silent, mut stopping) = (true, false);
    loop {
        tokio::select! {
            outcome = served.as_mut() => {
                if let Err(error) = outcome {
                    tracing::trace!(%error, "a connection ended");
                }
                return;
            }
            first = silence.as_mut(), if is_silent => match first {
                Ok(_) => is_silent = false,
                Err(_) => return,
            },
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::sync::watch;
    use tokio::task::JoinHandle;
    use tokio::time::Instant;

    use super::{PATIENCE, connection};

    const REQUEST: &[u8] = b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n";
    const LONG: Duration = Duration::from_mins(10);

    fn connect() -> (DuplexStream, watch::Sender<bool>, JoinHandle<()>) {
        let app = Router::new().route(
            "/slow",
            get(|| async {
                tokio::time::sleep(LONG).await;
                "done"
            }),
        );
        let (client, server) = tokio::io::duplex(4096);
        let (stop, stopped) = watch::channel(false);
        (client, stop, tokio::spawn(connection(server, app, stopped)))
    }

    /// Time is the runtime's, and passes at once when nothing else is to do.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_asks_nothing_is_let_go() {
        for sent in [
            &b""[..],
            b"P",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
            b"GET /slow HTTP/1.1\r\nho",
        ] {
            let started = Instant::now();
            let (mut client, _stop, served) = connect();
            client.write_all(sent).await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            served.await.unwrap();
            assert!(!answer.starts_with(b"HTTP/1.1 200"), "{sent:?}");
            assert_eq!(started.elapsed().as_secs(), PATIENCE.as_secs(), "{sent:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_takes_as_long_as_it_takes_and_then_silence_ends_the_connection() {
        let started = Instant::now();
        let (mut client, _stop, served) = connect();
        client.write_all(REQUEST).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        served.await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"done"));
        assert_eq!(started.elapsed().as_secs(), (LONG + PATIENCE).as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_is_finished_when_the_server_stops() {
        let started = Instant::now();
        let (mut client, stop, served) = connect();
        client.write_all(REQUEST).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.send(true).unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        served.await.unwrap();
        assert!(answer.ends_with(b"done"));
        assert_eq!(started.elapsed().as_secs(), LONG.as_secs());
    }
}
