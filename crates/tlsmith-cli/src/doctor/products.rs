//! Products that read TLS on the way and answer with certificates of their own, known by words in the issuer's name.

/// A word in the issuer's name (lower case), and the product.
const TABLE: &[(&str, &str)] = &[
    ("fortinet", "a Fortinet firewall (FortiGate SSL inspection)"),
    ("fortigate", "a Fortinet firewall (FortiGate SSL inspection)"),
    ("fgt", "a Fortinet firewall (FortiGate SSL inspection)"),
    ("zscaler", "Zscaler"),
    ("palo alto", "a Palo Alto Networks firewall (SSL decryption)"),
    ("blue coat", "a Blue Coat proxy"),
    ("bluecoat", "a Blue Coat proxy"),
    ("symantec proxysg", "a Blue Coat proxy"),
    ("proxysg", "a Blue Coat proxy"),
    ("sophos", "a Sophos firewall or Sophos Web Protection"),
    ("cyberoam", "a Cyberoam (Sophos) firewall"),
    ("astaro", "a Sophos UTM"),
    ("squid", "a Squid proxy (ssl_bump)"),
    ("mitmproxy", "mitmproxy"),
    ("portswigger", "Burp Suite"),
    ("charles proxy", "Charles Proxy"),
    ("fiddler", "Fiddler (DO_NOT_TRUST_FiddlerRoot)"),
    ("proxyman", "Proxyman"),
    ("owasp", "OWASP ZAP"),
    ("zed attack proxy", "OWASP ZAP"),
    ("kaspersky", "Kaspersky Anti-Virus"),
    ("eset ssl filter", "ESET (SSL/TLS protocol filtering)"),
    ("avast", "Avast (Web/Mail Shield)"),
    ("avg web", "AVG (Web/Mail Shield)"),
    ("bitdefender", "Bitdefender"),
    ("adguard", "AdGuard"),
    ("dr.web", "Dr.Web"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("opendns", "Cisco Umbrella (OpenDNS)"),
    ("cisco secure web", "a Cisco Secure Web Appliance"),
    ("ironport", "a Cisco Web Security Appliance (IronPort)"),
    ("netskope", "Netskope"),
    ("goskope", "Netskope"),
    ("forcepoint", "a Forcepoint proxy"),
    ("websense", "a Forcepoint (Websense) proxy"),
    ("mcafee web gateway", "McAfee (Skyhigh) Web Gateway"),
    ("skyhigh", "Skyhigh Secure Web Gateway"),
    ("barracuda", "a Barracuda firewall"),
    ("sonicwall", "a SonicWall firewall (DPI-SSL)"),
    ("watchguard", "a WatchGuard firewall"),
    ("fireware", "a WatchGuard firewall"),
    ("check point", "a Check Point gateway (HTTPS inspection)"),
    ("checkpoint", "a Check Point gateway (HTTPS inspection)"),
    ("untangle", "an Untangle (Arista) gateway"),
    ("smoothwall", "Smoothwall"),
    ("lightspeed", "Lightspeed Filter"),
    ("securly", "Securly"),
    ("contentkeeper", "ContentKeeper"),
    ("iboss", "iboss"),
    ("menlo security", "Menlo Security"),
    ("cloudflare gateway", "Cloudflare Gateway"),
    ("gateway ca - cloudflare", "Cloudflare Gateway"),
    ("trend micro", "a Trend Micro gateway"),
    ("juniper", "a Juniper SRX firewall (SSL proxy)"),
    ("superfish", "Superfish"),
    ("edellroot", "eDellRoot"),
    ("privdog", "PrivDog"),
    ("komodia", "Komodia"),
    ("qustodio", "Qustodio"),
    ("net nanny", "Net Nanny"),
    ("covenant eyes", "Covenant Eyes"),
    ("ssl inspection", "a product for SSL inspection"),
    ("tls inspection", "a product for TLS inspection"),
    ("https inspection", "a product for HTTPS inspection"),
    ("ssl decryption", "a product for SSL decryption"),
    ("ssl-decrypt", "a product for SSL decryption"),
    ("ssl intercept", "a product for SSL interception"),
    ("interception", "a product for TLS interception"),
    ("web gateway", "a web gateway"),
    ("web filter", "a web filter"),
    ("proxy ca", "a proxy"),
    ("proxy root", "a proxy"),
    ("firewall", "a firewall"),
];

/// The certificates that products serve where none is configured for the name.
const DEFAULTS: &[(&str, &str)] = &[
    ("kubernetes ingress controller fake certificate", "the Kubernetes ingress controller (ingress-nginx)"),
    ("traefik default cert", "Traefik"),
    ("caddy local authority", "Caddy (its internal CA)"),
    ("plesk", "Plesk"),
    ("synology", "a Synology NAS"),
    ("qnap", "a QNAP NAS"),
    ("openwrt", "OpenWrt"),
    ("ubnt", "a Ubiquiti device"),
    ("parallels panel", "Plesk (Parallels Panel)"),
    ("snakeoil", "Debian's ssl-cert (snakeoil)"),
];

/// The product whose certificate this is before one is configured, by subject and issuer.
pub(crate) fn default_of(leaf: &tlsmith_x509::Certificate) -> Option<&'static str> {
    let words = format!("{} {}", leaf.subject(), leaf.issuer()).to_lowercase();
    DEFAULTS.iter().find(|(word, _)| words.contains(word)).map(|(_, product)| *product)
}

/// The product whose CA has this name.
pub(crate) fn recognise(issuer: &str) -> Option<&'static str> {
    let issuer = issuer.to_lowercase();
    let stands_alone = |word: &str| {
        issuer.match_indices(word).any(|(at, _)| {
            let before = issuer.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(char::is_alphanumeric)
        })
    };
    TABLE.iter().find(|(word, _)| stands_alone(word)).map(|(_, product)| *product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inspectors_are_known_and_public_cas_are_none() {
        assert_eq!(
            recognise("CN=FGT60E4Q16000000,O=Fortinet,C=US"),
            Some("a Fortinet firewall (FortiGate SSL inspection)")
        );
        assert_eq!(recognise("CN=Zscaler Intermediate Root CA (zscaler.net)"), Some("Zscaler"));
        assert_eq!(recognise("CN=mitmproxy,O=mitmproxy"), Some("mitmproxy"));
        for public in tlsmith_x509::TrustAnchors::mozilla().certificates() {
            assert_eq!(recognise(&public.subject()), None);
        }
        assert_eq!(recognise("CN=R11,O=Let's Encrypt,C=US"), None);
        assert_eq!(recognise("CN=Company Root CA"), None);
    }

    #[test]
    fn words_are_in_lower_case() {
        assert!(TABLE.iter().all(|(word, product)| word.to_lowercase() == *word && !product.is_empty()));
    }
}
