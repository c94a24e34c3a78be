//! Chromium loads the demonstration's page with its CA trusted, and refuses it otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    count::Counter,
    peers::{
        CLASSIC_GROUPS, HYBRID, SUITES,
        chromium::Chromium,
        tlsmith::{Serve, target_dir},
    },
};

/// How the page says what was chosen; what the client offered stands on it as well.
fn chosen(option: &str, value: &str) -> String {
    let words = if option == "--groups" { "agreed on a key with" } else { "sealed with" };
    format!("{words} <strong>{value}</strong>")
}

#[test]
fn chromium_loads_the_demo_page() {
    let state = tempfile::tempdir().unwrap();
    let serve = Serve::demo(state.path(), &[]);
    let chromium = Chromium::trusting(&state.path().join("ca.pem"));
    let url = format!("https://localhost:{}/", serve.port);
    let page = chromium.document(&url).stdout();
    assert!(page.contains(&chosen("--groups", HYBRID)) && page.contains("TLSv1.3"), "{page}");
    assert!(SUITES.iter().any(|suite| page.contains(&chosen("--suites", suite))), "{page}");
    let picture = target_dir().join("demo.png");
    let _ = std::fs::remove_file(&picture);
    let said = chromium.screenshot(&url, &picture);
    assert!(std::fs::metadata(&picture).is_ok_and(|file| file.len() > 20_000), "{}", said.text());

    // Each suite and group that it has, as the page tells it.
    let mut counter = Counter::new("browser-chromium", 1 + 3 + 4);
    counter.ran();
    let bound = SUITES
        .iter()
        .map(|suite| ("--suites", *suite))
        .chain([HYBRID].iter().chain(&CLASSIC_GROUPS[..3]).map(|group| ("--groups", *group)));
    for (option, value) in bound {
        let serve = Serve::demo(state.path(), &[option, value]);
        let page = chromium.document(&format!("https://localhost:{}/", serve.port)).stdout();
        assert!(page.contains("TLSv1.3") && page.contains(&chosen(option, value)), "{value}: {page}");
        counter.ran();
    }
    counter.finish();

    let stranger = Pki::new(KeyKind::P256);
    let page = Chromium::trusting(stranger.root()).document(&url).stdout();
    assert!(!page.contains(HYBRID), "{page}");
    serve.process.wait_for_text("certificate_unknown");
}
