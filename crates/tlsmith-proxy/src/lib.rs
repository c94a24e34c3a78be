//! The TLS terminator of tlsmith: ends TLS in front of an HTTP server, or shows a demonstration page.
//!
//! [`Terminator`] accepts connections on the listeners that [`listen`] made, and answers requests with a [`Service`]:
//! a [`Backend`] over plain HTTP/1.1, or the page of a [`Demonstration`]. [`Shutdown`] ends it in order.
//!
//! ```no_run
//! # async fn serve(config: std::sync::Arc<tlsmith::ServerConfig>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use tlsmith_proxy::{BackendTimeouts, Limits, Service, Shutdown, SystemClock, Terminator, listen};
//!
//! let listeners = listen(&["127.0.0.1:8443".parse()?]).await?;
//! let service = Service::Backend("http://127.0.0.1:3000".parse()?, BackendTimeouts::default());
//! let shutdown = Shutdown::new();
//! Terminator::new(config, service, Arc::new(SystemClock), Limits::default(), shutdown).run(listeners).await;
//! # Ok(())
//! # }
//! ```

mod clock;
mod demo;
mod html;
mod http;
mod listener;
mod shell;
mod shutdown;
mod terminate;

pub use clock::{Clock, SystemClock};
pub use demo::{Demonstration, StateError, default_state_dir};
pub use http::{Backend, BackendTimeouts, InvalidBackend};
pub use listener::{ListenAddress, ListenError, listen};
pub use shell::quote as shell_quote;
pub use shutdown::Shutdown;
pub use terminate::{DemoPage, Limits, Service, Terminator};
