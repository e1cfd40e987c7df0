//! Who may try a handshake: bounded in all, and for each address.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use crate::{enroll::guesses::bucket, limits};

/// Counts of connections, by address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admission {
    inner: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    by_address: Mutex<BTreeMap<IpAddr, usize>>,
    connections: AtomicUsize,
    handshakes: AtomicUsize,
}

/// What to do with a first packet.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Go on.
    Admit(Permit),
    /// Let the sender prove its address first.
    Retry,
    /// Refuse.
    Refuse,
}

/// One counted connection; not counted any more when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    inner: Arc<Counts>,
    address: IpAddr,
    in_handshake: bool,
}

impl Admission {
    pub(crate) fn judge(&self, address: IpAddr, address_is_proven: bool) -> Verdict {
        let handshakes = self.inner.handshakes.load(Ordering::Relaxed);
        if handshakes >= limits::HANDSHAKES_MAX
            || self.inner.connections.load(Ordering::Relaxed) >= limits::CONNECTIONS_MAX
        {
            return Verdict::Refuse;
        }
        // A forged address must not be able to use up the places of the address it names.
        if !address_is_proven && handshakes >= limits::HANDSHAKES_BEFORE_RETRY {
            return Verdict::Retry;
        }
        let address = bucket(address);
        let mut by_address = self.inner.by_address.lock();
        let count = by_address.entry(address).or_insert(0);
        if *count >= limits::CONNECTIONS_PER_ADDRESS_MAX {
            return if address_is_proven { Verdict::Refuse } else { Verdict::Retry };
        }
        *count += 1;
        self.inner.connections.fetch_add(1, Ordering::Relaxed);
        self.inner.handshakes.fetch_add(1, Ordering::Relaxed);
        Verdict::Admit(Permit { inner: self.inner.clone(), address, in_handshake: true })
    }
}

impl Permit {
    /// The handshake is over.
    pub(crate) fn handshake_done(&mut self) {
        if std::mem::take(&mut self.in_handshake) {
            self.inner.handshakes.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.handshake_done();
        self.inner.connections.fetch_sub(1, Ordering::Relaxed);
        let mut by_address = self.inner.by_address.lock();
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    fn admit(admission: &Admission, address: [u8; 4]) -> Permit {
        match admission.judge(address.into(), true) {
            Verdict::Admit(mut permit) => {
                permit.handshake_done();
                permit
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_address_fills_only_its_own_share_and_gets_it_back() {
        let admission = Admission::default();
        let mut permits: Vec<_> =
            (0..limits::CONNECTIONS_PER_ADDRESS_MAX).map(|_| admit(&admission, [10, 0, 0, 1])).collect();
        assert!(matches!(admission.judge([10, 0, 0, 1].into(), true), Verdict::Refuse));
        let _other = admit(&admission, [10, 0, 0, 2]);
        permits.pop();
        let _again = admit(&admission, [10, 0, 0, 1]);
        permits.clear();
        assert_eq!(admission.inner.by_address.lock().len(), 2);
    }

    #[test]
    fn under_a_flood_addresses_must_be_proven() {
        let admission = Admission::default();
        let mut flood = Vec::new();
        for n in 0..limits::HANDSHAKES_BEFORE_RETRY as u32 {
            let Verdict::Admit(permit) = admission.judge(IpAddr::V4(n.into()), false) else {
                panic!("refused {n}")
            };
            flood.push(permit);
        }
        let honest = [192, 0, 2, 1].into();
        assert!(matches!(admission.judge(honest, false), Verdict::Retry));
        assert!(matches!(admission.judge(honest, true), Verdict::Admit(_)));
        drop(flood);
        assert!(matches!(admission.judge(honest, false), Verdict::Admit(_)));
    }
}
