//! A line that takes its time: every answer comes 20 ms later, however much it is, as half of that passes each way.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// The address to ask instead; the host itself where there is no delay.
pub async fn before(host: &str, delay: Option<Duration>) -> anyhow::Result<String> {
    let Some(delay) = delay else { return Ok(host.to_owned()) };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let host = host.to_owned();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let host = host.clone();
            tokio::spawn(async move {
                if let Ok(far) = TcpStream::connect(host).await {
                    // The delay is ours alone to make.
                    if near.set_nodelay(true).and(far.set_nodelay(true)).is_err() {
                        return;
                    }
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    // Half of it each way: the delay is that of a round trip.
                    tokio::join!(carry(near_in, far_out, delay / 2), carry(far_in, near_out, delay / 2));
                }
            });
        }
    });
    Ok(address)
}

async fn carry(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, delay: Duration) {
    let (put, mut take) = mpsc::channel::<(Instant, Vec<u8>)>(256);
    let read = async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if put.send((Instant::now() + delay, buffer[..length].to_vec())).await.is_err() {
                break;
            }
        }
    };
    let write = async move {
        while let Some((due, bytes)) = take.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        drop(to.shutdown().await);
    };
    tokio::join!(read, write);
}
