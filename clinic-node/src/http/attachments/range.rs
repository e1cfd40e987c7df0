//! `Range` and `Content-Range`: parts of files.

use axum::http::{HeaderMap, header};
use posto_api::ErrorCode;

use super::super::problem::ApiError;

/// Bytes `start..end` of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteRange {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl ByteRange {
    pub(super) fn whole(size: u64) -> Self {
        Self { start: 0, end: size }
    }

    pub(super) fn length(self) -> u64 {
        self.end - self.start
    }

    pub(super) fn is_partial(self, size: u64) -> bool {
        self != Self::whole(size)
    }

    pub(super) fn header(self, size: u64) -> String {
        format!("bytes {}-{}/{size}", self.start, self.end.saturating_sub(1))
    }
}

/// The part that a download asks for; the whole without `Range`, and for forms of it that we do not serve (RFC 9110
/// allows that). `None` when it lies outside of the file.
pub(super) fn requested(headers: &HeaderMap, size: u64) -> Option<ByteRange> {
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-')) else {
        return Some(ByteRange::whole(size));
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(start), Ok(last)) if last >= start => ByteRange { start, end: last.saturating_add(1).min(size) },
        (Ok(start), Err(_)) if last.is_empty() => ByteRange { start, end: size },
        (Err(_), Ok(tail)) if first.is_empty() => ByteRange { start: size.saturating_sub(tail), end: size },
        _ => return Some(ByteRange::whole(size)),
    };
    (range.start < range.end).then_some(range)
}

/// Where a piece of an upload begins, and the whole size if it is said.
pub(super) fn content_range(headers: &HeaderMap) -> Result<(u64, Option<u64>), ApiError> {
    let Some(value) = headers.get(header::CONTENT_RANGE) else { return Ok((0, None)) };
    let parsed = value.to_str().ok().and_then(|text| {
        let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
        let (first, _) = range.split_once('-')?;
        let whole = if whole == "*" { None } else { Some(whole.parse().ok()?) };
        Some((first.parse().ok()?, whole))
    });
    parsed.ok_or_else(|| ErrorCode::InvalidRequest.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str, size: u64) -> Option<(u64, u64)> {
        let headers = HeaderMap::from_iter([(header::RANGE, text.parse().unwrap())]);
        requested(&headers, size).map(|range| (range.start, range.end))
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(range("bytes=0-3", 10), Some((0, 4)));
        assert_eq!(range("bytes=8-99", 10), Some((8, 10)));
        assert_eq!(range("bytes=4-", 10), Some((4, 10)));
        assert_eq!(range("bytes=-3", 10), Some((7, 10)));
        assert_eq!(range("bytes=10-", 10), None);
        assert_eq!(range("bytes=-0", 10), None);
        assert_eq!(range("bytes=0-1,4-5", 10), Some((0, 10)), "several parts: the whole");
        assert_eq!(range("lines=1-2", 10), Some((0, 10)));
    }

    #[test]
    fn a_piece_says_where_it_begins() {
        let read = |text: &str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_RANGE, text.parse().unwrap())]);
            content_range(&headers).ok()
        };
        assert_eq!(read("bytes 5-9/20"), Some((5, Some(20))));
        assert_eq!(read("bytes 5-9/*"), Some((5, None)));
        assert_eq!(read("bytes five-9/20"), None);
    }
}
