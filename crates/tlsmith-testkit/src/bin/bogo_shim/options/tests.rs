use super::*;

fn read(arguments: &[&str]) -> Result<Command, Failure> {
    parse(arguments.iter().map(OsString::from))
}

fn options(arguments: &[&str]) -> Options {
    match read(arguments) {
        Ok(Command::Connect(plan)) => plan.initial,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_of_credentials_takes_what_follows_each() {
    let o = options(&[
        "-cert-file",
        "default",
        "-new-x509-credential",
        "-cert-file",
        "first",
        "-signing-prefs",
        "1027",
        "-new-x509-credential",
        "-key-file",
        "second",
    ]);
    assert_eq!(o.credential.certificates, Some(PathBuf::from("default")));
    assert_eq!(o.credentials.len(), 2);
    assert_eq!(o.credentials[0].certificates, Some(PathBuf::from("first")));
    assert_eq!(o.credentials[0].schemes, [SignatureScheme::ECDSA_SECP256R1_SHA256]);
    assert_eq!(o.credentials[1].key, Some(PathBuf::from("second")));
}

#[test]
fn each_connection_has_its_own_arguments_and_the_common_ones() {
    let arguments =
        ["-on-initial-expect-curve-id", "29", "-on-resume-expect-curve-id", "23", "-on-retry-async", "-server"];
    let Ok(Command::Connect(plan)) = read(&arguments) else { panic!("not read") };
    let Plan { initial, resume, retry } = *plan;
    assert_eq!(initial.expect_curve_id, Some(NamedGroup::X25519));
    assert_eq!(resume.expect_curve_id, Some(NamedGroup::SECP256R1));
    assert_eq!(retry.expect_curve_id, None);
    assert_eq!([&initial, &resume, &retry].map(|options| options.is_async), [false, false, true]);
    assert!([&initial, &resume, &retry].iter().all(|options| options.server));
}

#[test]
fn no_argument_is_there_twice() {
    for (at, (name, _)) in table::FLAGS.iter().enumerate() {
        assert!(table::FLAGS.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
    }
}

#[test]
fn base64_is_read_and_what_is_none_refused() {
    for (text, bytes) in [
        ("", &b""[..]),
        ("Zg==", b"f"),
        ("Zm8=", b"fo"),
        ("Zm9v", b"foo"),
        ("Zm9vYg==", b"foob"),
        ("+/+/", b"\xfb\xff\xbf"),
    ] {
        assert_eq!(options(&["-ocsp-response", text]).credential.ocsp_response.as_deref(), Some(bytes), "{text}");
    }
    for broken in ["Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9-", "Z=9v"] {
        assert!(matches!(read(&["-ocsp-response", broken]), Err(Failure::Setup(_))), "{broken}");
    }
}

#[test]
fn what_is_not_done_is_unimplemented() {
    for argument in ["-dtls", "-quic", "-on-resume-dtls", "-on-retry", "-on-initial", "port"] {
        assert!(matches!(read(&[argument]), Err(Failure::Unimplemented(_))), "{argument}");
    }
}

#[test]
fn versions_are_those_of_the_arguments_that_exist_here() {
    let (low, high) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    for (arguments, versions) in [
        ([].as_slice(), (low, high)),
        (&["-no-tls1", "-no-tls11", "-no-tls12"], (high, high)),
        (&["-no-tls13"], (low, low)),
        (&["-min-version", "769", "-max-version", "772"], (low, high)),
        (&["-min-version", "772"], (high, high)),
        (&["-max-version", "771"], (low, low)),
    ] {
        assert_eq!(options(arguments).versions().ok(), Some(versions), "{arguments:?}");
    }
    assert!(matches!(options(&["-max-version", "770"]).versions(), Err(Failure::Unimplemented(_))));
}

#[test]
fn lists_are_read_and_broken_ones_refused() {
    assert_eq!(options(&["-advertise-alpn", "\x03foo\x01x"]).advertise_alpn, [b"foo".to_vec(), b"x".to_vec()]);
    assert!(matches!(read(&["-advertise-alpn", "\x04foo"]), Err(Failure::Setup(_))));
    assert_eq!(options(&["-use-client-ca-list", "3000,3031"]).use_client_ca_list, [b"0\0", b"01"]);
    for broken in ["300", "3x", "30,0"] {
        assert!(matches!(read(&["-use-client-ca-list", broken]), Err(Failure::Setup(_))), "{broken}");
    }
}

#[test]
fn a_missing_or_wrong_value_is_refused() {
    for arguments in [["-port"].as_slice(), &["-port", "x"], &["-port", "65536"]] {
        assert!(matches!(read(arguments), Err(Failure::Setup(_))), "{arguments:?}");
    }
}
