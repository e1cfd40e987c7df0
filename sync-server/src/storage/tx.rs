//! A transaction as the queries see it.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::{DbError, Param, Row, sqlite};

/// A running transaction; reading and writing look the same, only a writing one may change rows.
pub(crate) struct Tx<'c> {
    pub(super) connection: &'c Connection,
}

impl<'c> Tx<'c> {
    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<usize, DbError> {
        self.prepare(sql)?.execute(params)
    }

    /// Prepares a statement that runs many times within this transaction.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement<'c>, DbError> {
        let inner = self.connection.prepare_cached(&sqlite::dialect(sql)).map_err(DbError::statement)?;
        Ok(Statement { inner })
    }

    /// All rows of a query, each mapped by `read`.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.prepare(sql)?.rows(params, read)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn row_opt<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        self.prepare(sql)?.row_opt(params, read)
    }

    /// The row that has to be there; `what` names it in the error.
    pub(crate) fn row<T>(
        &self,
        what: &'static str,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.row_opt(sql, params, read)?.ok_or(DbError::NoRow { what })
    }

    /// Steps over rows until `read` answers `false`; for answers whose size is bounded by bytes.
    pub(crate) fn scan(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<bool, DbError>,
    ) -> Result<(), DbError> {
        self.prepare(sql)?.scan(params, read)
    }
}

/// A prepared statement.
pub(crate) struct Statement<'c> {
    inner: CachedStatement<'c>,
}

impl Statement<'_> {
    pub(crate) fn execute(&mut self, params: &[Param<'_>]) -> Result<usize, DbError> {
        self.bind(params)?;
        self.inner.raw_execute().map_err(DbError::statement)
    }

    pub(crate) fn rows<T>(
        &mut self,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let mut found = Vec::new();
        self.scan(params, |row| {
            found.push(read(row)?);
            Ok(true)
        })?;
        Ok(found)
    }

    pub(crate) fn row_opt<T>(
        &mut self,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        self.bind(params)?;
        let mut rows = self.inner.raw_query();
        match rows.next().map_err(DbError::statement)? {
            Some(row) => read(&Row { inner: row }).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn scan(
        &mut self,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, DbError>,
    ) -> Result<(), DbError> {
        self.bind(params)?;
        let mut rows = self.inner.raw_query();
        while let Some(row) = rows.next().map_err(DbError::statement)? {
            if !read(&Row { inner: row })? {
                break;
            }
        }
        Ok(())
    }

    fn bind(&mut self, params: &[Param<'_>]) -> Result<(), DbError> {
        for (index, param) in params.iter().enumerate() {
            self.inner.raw_bind_parameter(index + 1, Bound(*param)).map_err(DbError::statement)?;
        }
        Ok(())
    }
}

/// Lends a parameter to the driver without copying it.
struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Blob(value) => ValueRef::Blob(value),
        }))
    }
}
