//! A relay between two TCP peers that cuts what passes into single bytes, one a segment.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Listens on loopback, relays one connection to `target`, byte by byte in both directions, and returns its address.
///
/// With `TCP_NODELAY`, each write of one byte is a segment of its own as long as the other side keeps up.
pub fn one_byte_a_segment(target: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let Ok((near, _)) = listener.accept() else { return };
        let Ok(far) = TcpStream::connect(target) else { return };
        let (near_back, far_back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        let there = thread::spawn(move || byte_by_byte(near, far));
        byte_by_byte(far_back, near_back);
        let _ = there.join();
    });
    address
}

fn byte_by_byte(mut from: TcpStream, mut to: TcpStream) {
    let _ = to.set_nodelay(true);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        for byte in &buffer[..count] {
            if to.write_all(&[*byte]).is_err() {
                return;
            }
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
