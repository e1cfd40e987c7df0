//! The answering side, in the node that runs.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::ask::Refused;
use super::{Answer, Door, LINE_BYTES_MAX, Request};
use crate::app::App;
use crate::cli::Failure;

/// How long somebody who connects may take to say what they want.
const REQUEST_MAX: Duration = Duration::from_secs(5);

/// Operations at once; more wait.
const AT_ONCE: usize = 4;

/// The open way; gone when dropped.
#[derive(Debug)]
pub(crate) struct Control {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens on loopback, at a port of the system's choice, and writes down where.
    ///
    /// # Errors
    /// Of the network or the file system.
    pub(crate) async fn open(app: Arc<App>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let door = Door::new(listener.local_addr()?, &*app.ports.entropy).map_err(std::io::Error::other)?;
        let path = app.data.control();
        door.write(&path)?;
        Ok(Self { path, task: tokio::spawn(serve(listener, Arc::new(door), app)) })
    }

    /// Takes no new requests. One under way ends unanswered.
    pub(crate) async fn close(mut self) {
        self.task.abort();
        // Ended or cut off: either way it no longer holds the node.
        drop((&mut self.task).await);
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        // One that stays behind leads nowhere: its port is closed and its token of this run only.
        drop(std::fs::remove_file(&self.path));
    }
}

async fn serve(listener: TcpListener, door: Arc<Door>, app: Arc<App>) {
    let mut running = JoinSet::new();
    loop {
        while running.len() >= AT_ONCE {
            running.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => drop(running.spawn(answer(stream, door.clone(), app.clone()))),
            Err(error) => {
                tracing::warn!(%error, "the operator's way is blocked");
                tokio::time::sleep(REQUEST_MAX).await;
            }
        }
    }
}

async fn answer(mut stream: TcpStream, door: Arc<Door>, app: Arc<App>) {
    let Ok(Some(request)) = tokio::time::timeout(REQUEST_MAX, read(&mut stream)).await else { return };
    if !door.opens_with(&request.token) {
        tracing::warn!("somebody on this machine asked with a wrong token");
        return;
    }
    tracing::info!(operation = ?request.operation, "the operator asks");
    let done = tokio::task::spawn_blocking(move || request.operation.carry_out(&app)).await;
    let answer = match done {
        Ok(Ok(report)) => Answer::Report(report),
        Ok(Err(error)) => Answer::Refused(refused(error.into())),
        Err(error) => Answer::Refused(refused(error.into())),
    };
    if let Ok(mut line) = serde_json::to_vec(&answer) {
        line.push(b'\n');
        // Who asked may be gone.
        drop(stream.write_all(&line).await);
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut line = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX)).read_line(&mut line).await.ok()?;
    serde_json::from_str(&line).ok()
}

fn refused(error: anyhow::Error) -> Refused {
    let failure = Failure::of(&error);
    Refused { message: Failure::message(&error), data_folder: failure == Failure::DataFolder }
}
