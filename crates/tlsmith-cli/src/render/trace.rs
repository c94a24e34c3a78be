//! The handshake, drawn as Figure 1 of RFC 8446 draws it.
//!
//! Client on the left, server on the right, an arrow on the last line of each flight; `+` before what matters in a
//! message, `{}` around messages under handshake keys, `[]` around those under application keys.

use super::{
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::connect::{Message, Report, Spoken};

/// Column of times.
const TIME: usize = 10;
const ARROW: usize = 10;
/// Wider than this the two sides lose sight of each other.
const MAX_WIDTH: usize = 100;

/// The drawing, or nothing where no trace was asked for.
pub(crate) fn draw(report: &Report, style: &Style) -> String {
    let Some(messages) = &report.trace else { return String::new() };
    let canvas = || Canvas { style, room: style.width.min(MAX_WIDTH).saturating_sub(TIME), text: String::new() };
    let before = report.starttls.as_ref().map_or(&[][..], |before| before.dialogue.as_slice());
    let mut drawing = canvas().draw(before, messages);
    // The first connection is the report's own.
    for (index, connection) in report.connections.iter().enumerate().skip(1) {
        if let Some(messages) = &connection.trace {
            drawing.push_str(&style.paint(Ink::Strong, &format!("Connection {}\n\n", index + 1)));
            drawing.push_str(&canvas().draw(&[], messages));
        }
    }
    drawing
}

struct Canvas<'s> {
    style: &'s Style,
    /// Columns beside the times.
    room: usize,
    text: String,
}

/// One line of one message, before it has its place.
struct Line {
    time: String,
    text: String,
    ink: Option<Ink>,
}

impl Canvas<'_> {
    fn draw(mut self, before: &[Spoken], messages: &[Message]) -> String {
        let gap = self.room.saturating_sub("Client".len() + "Server".len());
        let head = format!("{:>8}  Client{:gap$}Server", "ms", "");
        self.text.push_str(&format!("{}\n\n", self.style.paint(Ink::Strong, &head)));
        self.dialogue(before);
        let mut rest = messages;
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|message| message.direction == first.direction).count();
            let (flight, others) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.flight(flight, first.direction == "sent");
            rest = others;
        }
        if messages.is_empty() {
            self.text.push('\n');
            return self.text;
        }
        let legend = "{} handshake keys   [] application keys   + what matters";
        self.text.push_str(&format!("\n  {}\n\n", self.style.paint(Ink::Faint, legend)));
        self.text
    }

    /// What was said in clear before TLS: the words themselves, without a time.
    fn dialogue(&mut self, before: &[Spoken]) {
        for spoken in before {
            let room = self.room.saturating_sub(ARROW).max(20);
            let lines: Vec<Line> = wrap(&safe(&spoken.text), room)
                .into_iter()
                .map(|text| Line { time: String::new(), text, ink: None })
                .collect();
            for line in &lines {
                self.line(line, spoken.direction == "sent", false);
            }
        }
        if !before.is_empty() {
            let note = "  in clear until here";
            self.text.push_str(&format!("\n{}\n\n", self.style.paint(Ink::Warn, note)));
        }
    }

    /// Messages that go the same way, one after another; the arrow stands beside the last line, if it fits.
    fn flight(&mut self, messages: &[Message], from_client: bool) {
        let lines: Vec<Line> = messages.iter().flat_map(|message| self.lines(message)).collect();
        // What one side says leaves room for the arrow, which stands in the middle.
        let half = self.room.saturating_sub(ARROW + 2) / 2;
        for (index, line) in lines.iter().enumerate() {
            let arrow = index + 1 == lines.len() && columns(&line.text) <= half;
            self.line(line, from_client, arrow);
        }
        if lines.last().is_some_and(|line| columns(&line.text) > half) {
            self.line(&Line { time: String::new(), text: String::new(), ink: None }, from_client, true);
        }
    }

    fn lines(&self, message: &Message) -> Vec<Line> {
        let name = match message.protection {
            "handshake" => format!("{{{}}}", message.name),
            "application" => format!("[{}]", message.name),
            _ => message.name.to_owned(),
        };
        let farewell = message.details.iter().any(|detail| detail.contains("close_notify"));
        let ink = if message.name == "Alert" && !farewell { Ink::Bad } else { Ink::Strong };
        let text = format!("{name} {} B", message.size);
        let mut lines = vec![Line { time: format!("{:.1}", message.at_ms), text, ink: Some(ink) }];
        for detail in &message.details {
            let room = self.room.saturating_sub(ARROW).max(20);
            for (index, part) in wrap(&safe(detail), room.saturating_sub(2)).into_iter().enumerate() {
                let mark = if index == 0 { '+' } else { ' ' };
                lines.push(Line { time: String::new(), text: format!("{mark} {part}"), ink: None });
            }
        }
        lines
    }

    fn line(&mut self, line: &Line, from_client: bool, arrow: bool) {
        let used = columns(&line.text);
        let middle = self.room.saturating_sub(ARROW) / 2;
        let arrow_text = match (arrow, from_client) {
            (false, _) => "",
            (true, true) => "-------->",
            (true, false) => "<--------",
        };
        let painted = match line.ink {
            Some(ink) => self.style.paint(ink, &line.text),
            None => self.style.paint(Ink::Faint, &line.text),
        };
        let time = self.style.paint(Ink::Faint, &format!("{:>8}  ", line.time));
        let body = match (from_client, arrow) {
            (true, false) => painted,
            (true, true) => format!("{painted}{}{arrow_text}", " ".repeat(middle.saturating_sub(used))),
            (false, false) => format!("{}{painted}", " ".repeat(self.room.saturating_sub(used))),
            (false, true) => {
                let between = self.room.saturating_sub(middle + columns(arrow_text) + used);
                format!("{}{arrow_text}{}{painted}", " ".repeat(middle), " ".repeat(between))
            }
        };
        self.text.push_str(format!("{time}{body}").trim_end());
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(direction: &'static str, name: &'static str, protection: &'static str, details: &[&str]) -> Message {
        let details = details.iter().map(|detail| (*detail).to_owned()).collect();
        Message { direction, name, size: 99, protection, details, at_ms: 1.25 }
    }

    fn drawn(messages: Vec<Message>, width: usize) -> String {
        let report = Report { trace: Some(messages), ..Report::default() };
        draw(&report, &Style { colour: false, width, verbose: false })
    }

    #[test]
    fn it_looks_like_figure_1() {
        let messages = vec![
            message("sent", "ClientHello", "none", &["key_share x25519"]),
            message("received", "ServerHello", "none", &["key_share x25519"]),
            message("received", "Finished", "handshake", &[]),
            message("sent", "Finished", "handshake", &[]),
            message("received", "NewSessionTicket", "application", &[]),
        ];
        let expected = "      ms  Client                                      Server

     1.2  ClientHello 99 B
          + key_share x25519  -------->
     1.2                                    ServerHello 99 B
                                          + key_share x25519
     1.2                      <--------      {Finished} 99 B
     1.2  {Finished} 99 B     -------->
     1.2                             [NewSessionTicket] 99 B
                              <--------

  {} handshake keys   [] application keys   + what matters

";
        assert_eq!(drawn(messages, 60), expected);
    }

    #[test]
    fn long_details_stay_within_the_screen() {
        let long = "supported_groups ".repeat(30);
        let messages =
            vec![message("sent", "ClientHello", "none", &[&long]), message("received", "Alert", "none", &[&long])];
        for width in 60..=120 {
            let text = drawn(messages.clone(), width);
            assert!(text.lines().all(|line| columns(line) <= width), "{width}:\n{text}");
            assert_eq!(text.matches("-------->").count() + text.matches("<--------").count(), 2, "{width}:\n{text}");
        }
    }

    #[test]
    fn what_was_said_before_tls_stands_before_it() {
        let spoken = |direction, text: &str| Spoken { direction, text: text.into() };
        let dialogue = vec![spoken("received", "220 mail"), spoken("sent", "STARTTLS"), spoken("received", "220 go")];
        let report = Report {
            trace: Some(vec![message("sent", "ClientHello", "none", &[])]),
            starttls: Some(crate::connect::StartTls { protocol: "smtp".into(), dialogue }),
            ..Report::default()
        };
        let expected = "      ms  Client                                      Server

                                                    220 mail
          STARTTLS
                                                      220 go

  in clear until here

     1.2  ClientHello 99 B    -------->

  {} handshake keys   [] application keys   + what matters

";
        assert_eq!(draw(&report, &Style { colour: false, width: 60, verbose: false }), expected);
    }

    #[test]
    fn nothing_without_a_trace() {
        assert_eq!(draw(&Report::default(), &Style { colour: false, width: 80, verbose: false }), "");
    }
}
