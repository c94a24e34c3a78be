//! A pipe in memory that takes and gives a few bytes at a time, or would block.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, ErrorKind, Read, Write},
    rc::Rc,
};

/// One direction: bytes on their way, and whether the writer is gone.
type Lane = Rc<RefCell<(VecDeque<u8>, bool)>>;

/// One end.
pub(crate) struct Pipe {
    inbound: Lane,
    outbound: Lane,
    most: usize,
    state: u32,
}

/// Two ends; at most `most` bytes go through at a time, and every other call would block.
pub(crate) fn pipe(most: usize) -> (Pipe, Pipe) {
    let (up, down) = (Lane::default(), Lane::default());
    let end = |inbound: &Lane, outbound: &Lane, state| Pipe {
        inbound: Rc::clone(inbound),
        outbound: Rc::clone(outbound),
        most,
        state,
    };
    (end(&down, &up, 1), end(&up, &down, 77))
}

impl Pipe {
    /// Puts bytes on the wire past TLS.
    pub(crate) fn inject(&self, bytes: &[u8]) {
        self.outbound.borrow_mut().0.extend(bytes);
    }

    /// How many bytes wait for the other end.
    pub(crate) fn on_the_way(&self) -> usize {
        self.outbound.borrow().0.len()
    }

    fn toss(&mut self) -> io::Result<usize> {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        match self.state % 5 {
            0 => Err(ErrorKind::Interrupted.into()),
            1 | 2 => Err(ErrorKind::WouldBlock.into()),
            _ => Ok(1 + (self.state >> 8) as usize % self.most),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.outbound.borrow_mut().1 = true;
    }
}

impl Read for Pipe {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let most = self.toss()?;
        let (bytes, ended) = &mut *self.inbound.borrow_mut();
        match (bytes.is_empty(), *ended) {
            (true, true) => Ok(0),
            (true, false) => Err(ErrorKind::WouldBlock.into()),
            (false, _) => {
                let most = most.min(to.len());
                bytes.read(&mut to[..most])
            }
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let most = self.toss()?;
        let lane = &mut self.outbound.borrow_mut().0;
        // No more than 4 KiB on the way.
        let room = 4096_usize.saturating_sub(lane.len());
        match data.len().min(most).min(room) {
            0 => Err(ErrorKind::WouldBlock.into()),
            count => {
                lane.extend(&data[..count]);
                Ok(count)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.toss().map(|_| ())
    }
}
