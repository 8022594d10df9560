//! Sends rows in batches and finds the guilty ones of a batch that is refused, by halves: `m` rows of which `k` are
//! refused take at most `m/b + 2k·log2 b` requests. It must not know what the rows are.

use crate::error::Error;
use crate::push::Halt;
use crate::push::client::{Fault, Refusal};

/// What came of a batch that was sent.
pub enum Sent {
    /// All of it is done.
    Done,
    /// The server takes fewer rows at a time.
    AtMost(usize),
}

/// Sends one batch. The requests' answers are the sender's business.
pub trait Send<T> {
    /// Sends these.
    ///
    /// # Errors
    /// [`Refusal::Data`] and [`Refusal::TooLarge`] lead to smaller batches, everything else ends the run.
    fn send(&mut self, batch: &[T]) -> Result<Sent, Halt>;
    /// One that is refused by itself.
    ///
    /// # Errors
    /// When it cannot be noted.
    fn guilty(&mut self, one: &T, fault: &Fault) -> Result<(), Error>;
}

/// Sends `batch`, whole or in parts.
///
/// # Errors
/// What ends the run.
pub fn send<T>(sender: &mut dyn Send<T>, batch: &[T]) -> Result<(), Halt> {
    if batch.is_empty() {
        return Ok(());
    }
    match sender.send(batch) {
        Ok(Sent::Done) => Ok(()),
        Ok(Sent::AtMost(rows)) => {
            let rows = rows.clamp(1, batch.len().saturating_sub(1).max(1));
            batch.chunks(rows).try_for_each(|part| send(sender, part))
        }
        Err(Halt::Server(Refusal::Data(fault))) => halve(sender, batch, &fault),
        Err(Halt::Server(Refusal::TooLarge(fault))) if batch.len() == 1 => {
            Ok(sender.guilty(&batch[0], &fault)?)
        }
        Err(Halt::Server(Refusal::TooLarge(_))) => {
            let (left, right) = batch.split_at(batch.len() / 2);
            send(sender, left)?;
            send(sender, right)
        }
        Err(halt) => Err(halt),
    }
}

/// Somebody of `batch` is guilty of `fault`. When the left half passes it is somebody of the right one, which then need
/// not be sent whole to know that.
fn halve<T>(sender: &mut dyn Send<T>, batch: &[T], fault: &Fault) -> Result<(), Halt> {
    if let [one] = batch {
        return Ok(sender.guilty(one, fault)?);
    }
    let (left, right) = batch.split_at(batch.len() / 2);
    match sender.send(left) {
        Ok(Sent::Done) => halve(sender, right, fault),
        Err(Halt::Server(Refusal::Data(fault))) => {
            halve(sender, left, &fault)?;
            send(sender, right)
        }
        Ok(Sent::AtMost(_)) | Err(Halt::Server(Refusal::TooLarge(_))) => {
            send(sender, left)?;
            send(sender, right)
        }
        Err(halt) => Err(halt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    struct Server {
        bad: Vec<usize>,
        most: usize,
        calls: usize,
        taken: Vec<usize>,
        refused: Vec<usize>,
    }

    fn fault(message: &str) -> Fault {
        let (code, message) = ("BAD_USER_INPUT".to_owned(), message.to_owned());
        Fault { code, sub_code: None, message, status: 200, extensions: Value::Null }
    }

    impl Send<usize> for Server {
        fn send(&mut self, batch: &[usize]) -> Result<Sent, Halt> {
            self.calls += 1;
            if batch.len() > self.most {
                return Ok(Sent::AtMost(self.most));
            }
            if batch.iter().any(|one| self.bad.contains(one)) {
                return Err(Halt::Server(Refusal::Data(fault("no"))));
            }
            self.taken.extend(batch);
            Ok(Sent::Done)
        }

        fn guilty(&mut self, one: &usize, _: &Fault) -> Result<(), Error> {
            self.refused.push(*one);
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn exactly_the_guilty_are_refused_within_the_promised_number_of_calls(
            rows in 1_usize..900,
            bad in prop::collection::btree_set(0_usize..900, 0..12),
        ) {
            let size = 200;
            let bad: Vec<usize> = bad.into_iter().filter(|one| *one < rows).collect();
            let (most, calls) = (usize::MAX, 0);
            let mut server = Server { bad: bad.clone(), most, calls, taken: vec![], refused: vec![] };
            let all: Vec<usize> = (0..rows).collect();
            for batch in all.chunks(size) {
                prop_assert!(send(&mut server, batch).is_ok());
            }
            server.taken.sort_unstable();
            prop_assert_eq!(&server.refused, &bad);
            prop_assert_eq!(server.taken.len(), rows - bad.len());
            let bound = rows.div_ceil(size) as f64 + 2.0 * bad.len() as f64 * (size as f64).log2();
            prop_assert!(server.calls as f64 <= bound, "{} calls, {bound} allowed", server.calls);
        }
    }

    #[test]
    fn a_server_that_takes_fewer_gets_fewer() {
        let (bad, most, calls) = (vec![], 60, 0);
        let mut server = Server { bad, most, calls, taken: vec![], refused: vec![] };
        let all: Vec<usize> = (0..200).collect();
        assert!(send(&mut server, &all).is_ok());
        assert_eq!((server.taken, server.calls), (all, 5));
    }
}
