//! Random bytes from the operating system, in the sizes that the server needs.

/// The operating system gives no random bytes: nothing safe can be done.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoEntropy(#[source] getrandom::Error);

pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], NoEntropy> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoEntropy)?;
    Ok(bytes)
}

/// Hexadecimal text of `N` random bytes: session tokens and the like.
pub(crate) fn token<const N: usize>() -> Result<String, NoEntropy> {
    bytes::<N>().map(hex::encode)
}

/// A password that can be read over the telephone: four groups of five, 100 bits.
pub(crate) fn password() -> Result<String, NoEntropy> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let text: Vec<char> =
        bytes::<20>()?.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    Ok(text.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}
