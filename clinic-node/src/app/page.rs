//! Pages of lists that are asked for by cursor.

use posto_api::Page;

/// A page that is asked for.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// Where the page before ended; absent for the first.
    pub cursor: Option<String>,
    /// Rows, at least 1.
    pub limit: usize,
}

impl PageRequest {
    /// The offset of a list that is short enough to count through.
    pub(crate) fn offset(&self) -> usize {
        self.cursor.as_deref().and_then(|cursor| cursor.parse().ok()).unwrap_or(0)
    }

    /// The page of a whole list.
    pub(crate) fn cut<T>(&self, items: Vec<T>) -> Page<T> {
        let (offset, total) = (self.offset(), items.len());
        let items: Vec<T> = items.into_iter().skip(offset).take(self.limit).collect();
        let end = offset + items.len();
        Page { items, next_cursor: (end < total).then(|| end.to_string()), total: Some(total as u64) }
    }
}

/// The page with each of its items converted.
pub(crate) fn map<T, U, E>(page: Page<T>, convert: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
    let items = page.items.into_iter().map(convert).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor: page.next_cursor, total: page.total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_the_list_once() {
        let list: Vec<u32> = (0..7).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { cursor, limit: 3 }.cut(list.clone());
            seen.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, list);
        assert_eq!(PageRequest { cursor: Some("rubbish".into()), limit: 2 }.cut(list).items, [0, 1]);
    }
}
