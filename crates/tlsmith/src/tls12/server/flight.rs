//! The server's flight after the ServerHello (RFC 5246 §7.4.2 to §7.4.5).

use tlsmith_crypto::Group;

use super::{Common, OwnShare, Sign, State, WaitCertificate, WaitClientKeyExchange, choice::Choice};
use crate::{
    auth::{PeerVerifier, proofs::crypto, schemes},
    config::ServerConfig,
    error::{Error, Rule},
    msg::{
        CertificateVerify, Message,
        tls12::{CertificateRequestTls12, CertificateStatus, ClientCertificateType, ServerKeyExchange, ServerValues},
    },
    registry::NamedGroup,
    tls12::flight,
    tls13::{effects::Sink, flight::PendingSignature, server::authorities},
};

/// Sends everything up to the ServerKeyExchange, then pauses for its signature; with a pre-shared key sends all of it.
pub(super) fn send(
    mut common: Common,
    choice: Choice,
    status: Option<&[u8]>,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let Choice { group, identity, .. } = choice;
    if let Some((identity, scheme)) = &identity {
        sink.facts().own_certificates = identity.chain().to_vec();
        sink.facts().own_signature_scheme = Some(*scheme);
        flight::send_certificate(identity.chain(), &mut common.handshake.transcript, sink)?;
    }
    if let Some(response) = status {
        let message = Message::CertificateStatus(CertificateStatus { response });
        sink.send(&message, &mut common.handshake.transcript)?;
    }
    let share = group.map(|group| own_share(&common.config, group)).transpose()?;
    let values = share.as_ref().map(values);
    let params = ServerValues::encode_params(values, common.handshake.suite.key_exchange.is_psk())
        .map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
    match (identity, share) {
        (Some((identity, scheme)), Some(share)) => {
            let content = common.handshake.signed_params(&params);
            let pending = PendingSignature { identity, scheme, content };
            Ok(State::Sign(Box::new(Sign { common, share, params, pending })))
        }
        (_, share) => {
            // Without a hint and a share it would hold nothing, and is left out (RFC 4279 §2).
            if share.is_some() {
                let message = Message::ServerKeyExchange(ServerKeyExchange { body: &params });
                sink.send(&message, &mut common.handshake.transcript)?;
            }
            sink.send(&Message::ServerHelloDone, &mut common.handshake.transcript)?;
            // Clients with a pre-shared key are not asked for certificates (RFC 4279 §2), nor kept messages for.
            common.handshake.transcript = common.handshake.transcript.drop_messages();
            Ok(State::WaitClientKeyExchange(Box::new(WaitClientKeyExchange { common, share, leaf: None })))
        }
    }
}

fn own_share(config: &ServerConfig, group: NamedGroup) -> Result<OwnShare, Error> {
    let known = group.to_group().ok_or_else(|| Error::new(Rule::Internal, format!("{group} was chosen")))?;
    let private = config.provider.start_key_exchange(known).map_err(|error| crypto(&error))?;
    Ok(OwnShare { group, private })
}

/// How the share is said: a curve by its name, a finite field by its numbers.
fn values(share: &OwnShare) -> ServerValues<'_> {
    const GENERATOR: &[u8] = &[2];
    let (group, public) = (share.group, share.private.share());
    match group.to_group().and_then(Group::prime) {
        Some(prime) => ServerValues::Dhe { prime, generator: GENERATOR, public },
        None => ServerValues::Ecdhe { group, public },
    }
}

impl Sign {
    /// The rest of the flight.
    pub(super) fn on_signature(self, signature: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        let Self { mut common, share, mut params, pending } = self;
        CertificateVerify { scheme: pending.scheme, signature }
            .append(&mut params)
            .map_err(|error| Error::new(Rule::SignFailed, format!("{} is too long", error.what)))?;
        let message = Message::ServerKeyExchange(ServerKeyExchange { body: &params });
        sink.send(&message, &mut common.handshake.transcript)?;
        let verifier = common.config.client_auth.verifier().cloned();
        if let Some(verifier) = &verifier {
            sink.facts().client_auth_requested = true;
            send_certificate_request(&mut common, verifier.as_ref(), sink)?;
        }
        sink.send(&Message::ServerHelloDone, &mut common.handshake.transcript)?;
        Ok(match verifier {
            Some(_) => State::WaitCertificate(Box::new(WaitCertificate { common, share })),
            None => {
                State::WaitClientKeyExchange(Box::new(WaitClientKeyExchange { common, share: Some(share), leaf: None }))
            }
        })
    }
}

fn send_certificate_request(
    common: &mut Common,
    verifier: &dyn PeerVerifier,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let authorities = authorities(verifier);
    let schemes = common.config.signature_schemes.iter().copied();
    let message = CertificateRequestTls12 {
        types: certificate_types(&common.config),
        schemes: schemes.filter(|scheme| !schemes::is_of_tls13(*scheme)).collect(),
        authorities: authorities.iter().map(Vec::as_slice).collect(),
    };
    sink.send(&Message::CertificateRequestTls12(message), &mut common.handshake.transcript)
}

/// The types of keys that the accepted schemes belong to.
fn certificate_types(config: &ServerConfig) -> Vec<ClientCertificateType> {
    let accepted = |kind: &ClientCertificateType| {
        config.signature_schemes.iter().any(|scheme| ClientCertificateType::of_scheme(*scheme) == Some(*kind))
    };
    [ClientCertificateType::ECDSA_SIGN, ClientCertificateType::RSA_SIGN].into_iter().filter(accepted).collect()
}
