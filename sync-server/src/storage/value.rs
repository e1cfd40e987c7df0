//! Values that go into a query and rows that come out, free of any engine's types.

use posto_domain::id::UlidNewtype;

use super::DbError;

/// One bound parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Param<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u16> for Param<'_> {
    fn from(value: u16) -> Self {
        Self::Int(value.into())
    }
}

/// Counters and sequences never reach 2^63; 64-bit random numbers keep their bits.
impl From<u64> for Param<'_> {
    fn from(value: u64) -> Self {
        Self::Int(value.cast_signed())
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Builds the parameter slice of a query: `params![scope, &hash, None::<i64>]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::storage::Param::from($value)),*] };
}
pub(crate) use params;

/// One row of an answer, valid while the query steps over it.
pub(crate) struct Row<'a> {
    pub(super) inner: &'a rusqlite::Row<'a>,
}

impl Row<'_> {
    pub(crate) fn int(&self, column: usize) -> Result<i64, DbError> {
        self.inner.get(column).map_err(|_| DbError::Column { column })
    }

    pub(crate) fn int_opt(&self, column: usize) -> Result<Option<i64>, DbError> {
        self.inner.get(column).map_err(|_| DbError::Column { column })
    }

    pub(crate) fn u64(&self, column: usize) -> Result<u64, DbError> {
        self.int(column).map(i64::cast_unsigned)
    }

    pub(crate) fn bool(&self, column: usize) -> Result<bool, DbError> {
        self.int(column).map(|value| value != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, DbError> {
        self.inner.get(column).map_err(|_| DbError::Column { column })
    }

    pub(crate) fn text_opt(&self, column: usize) -> Result<Option<String>, DbError> {
        self.inner.get(column).map_err(|_| DbError::Column { column })
    }

    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>, DbError> {
        self.inner.get(column).map_err(|_| DbError::Column { column })
    }

    pub(crate) fn id<T: UlidNewtype>(&self, column: usize) -> Result<T, DbError> {
        self.array(column).map(T::of)
    }

    pub(crate) fn id_opt<T: UlidNewtype>(&self, column: usize) -> Result<Option<T>, DbError> {
        if self.is_null(column)? { Ok(None) } else { self.id(column).map(Some) }
    }

    pub(crate) fn is_null(&self, column: usize) -> Result<bool, DbError> {
        let value = self.inner.get_ref(column).map_err(|_| DbError::Column { column })?;
        Ok(value == rusqlite::types::ValueRef::Null)
    }

    pub(crate) fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], DbError> {
        let value = self.inner.get_ref(column).map_err(|_| DbError::Column { column })?;
        let bytes = value.as_blob().map_err(|_| DbError::Column { column })?;
        bytes.try_into().map_err(|_| DbError::Column { column })
    }
}
