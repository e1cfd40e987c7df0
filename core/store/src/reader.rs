//! The pool of connections that read beside the writer.

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::connection::{self, Role};
use crate::error::{Error, Result};
use crate::shared::Shared;
use crate::transaction::ReadTx;

pub(crate) struct ReaderPool {
    state: Mutex<PoolState>,
    returned: Condvar,
    max: usize,
}

#[derive(Default)]
struct PoolState {
    idle: Vec<Connection>,
    open: usize,
    closed: bool,
}

impl ReaderPool {
    pub(crate) fn new(max: usize) -> Self {
        Self { state: Mutex::default(), returned: Condvar::new(), max: max.max(1) }
    }

    /// Runs `work` in a read transaction: it sees one state of the database throughout.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        shared: &Shared,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let lease = self.lease(shared)?;
        let connection = lease.connection()?;
        begin(connection)?;
        let result = work(&ReadTx::new(connection, shared));
        // Nothing was written, so ending the transaction cannot lose anything.
        drop(connection.execute_batch("COMMIT"));
        result
    }

    fn lease(&self, shared: &Shared) -> Result<Lease<'_>> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return Err(Error::Closed);
            }
            if let Some(connection) = state.idle.pop() {
                return Ok(Lease { pool: self, connection: Some(connection) });
            }
            if state.open < self.max {
                state.open += 1;
                break;
            }
            self.returned.wait(&mut state);
        }
        drop(state);
        let mut lease = Lease { pool: self, connection: None };
        lease.connection =
            Some(connection::open(&shared.database, &shared.key, Role::Reader, &shared.options)?);
        Ok(lease)
    }

    /// Closes idle connections, waits for the busy ones, and refuses new reads.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        self.returned.notify_all();
        while state.open > state.idle.len() {
            self.returned.wait(&mut state);
        }
        state.open = 0;
        state.idle.clear();
    }
}

fn begin(connection: &Connection) -> Result<()> {
    connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
    Ok(())
}

/// A connection that goes back to the pool however the read ends.
struct Lease<'p> {
    pool: &'p ReaderPool,
    connection: Option<Connection>,
}

impl Lease<'_> {
    fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or(Error::Closed)
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock();
        match self.connection.take() {
            // A read that panicked leaves its transaction open: such a connection is not used again.
            Some(connection) if connection.is_autocommit() => state.idle.push(connection),
            _ => state.open -= 1,
        }
        drop(state);
        self.pool.returned.notify_all();
    }
}
