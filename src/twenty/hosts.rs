//! Hosts that say nothing about whose they are: networks and directories many companies have a
//! page on, and mail providers anyone has an address at. Tables only; a host from here must not
//! become a company's domain, or unrelated companies would be merged into one.

/// Whether the host is no company's own: a network, directory, map or shortener, with all its
/// subdomains (`de.linkedin.com`), or the front door of a site builder (`wixsite.com`, while
/// `acme.wixsite.com` is Acme's own). `host` in lower case, as [`super::link::Link::host`].
#[must_use]
pub fn is_shared_host(host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    contains(BUILDERS, host) || suffixes(host).any(|suffix| contains(SHARED, suffix))
}

/// Whether the host is `LinkedIn`'s.
#[must_use]
pub fn is_linkedin(host: &str) -> bool {
    suffixes(host).any(|suffix| suffix == "linkedin.com" || suffix == "lnkd.in")
}

/// Whether anyone can have an e-mail address at this host (`gmail.com`). `host` in lower case.
#[must_use]
pub fn is_free_mail_host(host: &str) -> bool {
    contains(FREE_MAIL, host)
        || host.split_once('.').is_some_and(|(name, country)| {
            // yahoo.de, yahoo.co.uk, yahoo.com.br …
            contains(FREE_MAIL_EVERYWHERE, name) && is_country_ending(country)
        })
}

fn is_country_ending(ending: &str) -> bool {
    let two = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_lowercase());
    match ending.split_once('.') {
        None => ending == "com" || two(ending),
        Some((kind, country)) => matches!(kind, "co" | "com" | "ne" | "net" | "or") && two(country),
    }
}

/// The host itself, then without its first label, and so on.
fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |rest| rest.split_once('.').map(|(_, tail)| tail)).take(10)
}

/// Tables are sorted; a test watches over it.
fn contains(table: &[&str], host: &str) -> bool {
    table.binary_search(&host).is_ok()
}

/// Shared with all subdomains.
#[rustfmt::skip]
const SHARED: &[&str] = &[
    "about.me", "airbnb.com", "aliexpress.com", "angel.co", "apollo.io", "apple.co", "baidu.com",
    "bbb.org", "behance.net", "bing.com", "bit.ly", "bloomberg.com", "booking.com", "bsky.app",
    "calendly.com", "campsite.bio", "capterra.com", "clutch.co", "craigslist.org",
    "crunchbase.com", "discord.com", "discord.gg", "dnb.com", "douban.com", "dribbble.com",
    "dropbox.com", "ebay.co.uk", "ebay.com", "ebay.de", "etsy.com", "eventbrite.com",
    "facebook.com", "fb.com", "fb.me", "fiverr.com", "flickr.com", "foursquare.com", "g.co",
    "g.page", "g2.com", "gelbeseiten.de", "github.com", "gitlab.com", "glassdoor.com", "goo.gl",
    "google.at", "google.ca", "google.ch", "google.co.in", "google.co.uk", "google.com",
    "google.com.au", "google.com.br", "google.de", "google.es", "google.fr", "google.it",
    "google.nl", "imdb.com", "indeed.com", "instagr.am", "instagram.com", "issuu.com",
    "kickstarter.com", "kununu.com", "line.me", "linkedin.com", "linktr.ee", "lnkd.in",
    "mapquest.com", "maps.apple.com", "meetup.com", "messenger.com", "northdata.com",
    "northdata.de", "open.spotify.com", "opencorporates.com", "pagesjaunes.fr", "patreon.com",
    "paypal.com", "paypal.me", "pinterest.com", "pinterest.de", "producthunt.com", "quora.com",
    "reddit.com", "researchgate.net", "shorturl.at", "skype.com", "slideshare.net",
    "snapchat.com", "soundcloud.com", "spotify.com", "stackoverflow.com", "t.co", "t.me",
    "telegram.me", "threads.net", "tiktok.com", "tinyurl.com", "trello.com", "tripadvisor.com",
    "tripadvisor.de", "trustpilot.com", "twitch.tv", "twitter.com", "upwork.com", "viadeo.com",
    "vimeo.com", "vk.com", "wa.me", "wechat.com", "weibo.com", "wellfound.com", "whatsapp.com",
    "wikipedia.org", "x.com", "xing.com", "yahoo.com", "yellowpages.com", "yelp.at", "yelp.ca",
    "yelp.co.uk", "yelp.com", "yelp.de", "yelp.fr", "youtu.be", "youtube.com", "zillow.com",
    "zoom.us", "zoominfo.com",
];

/// Site builders: the bare host is theirs, a subdomain is its customer's own.
#[rustfmt::skip]
const BUILDERS: &[&str] = &[
    "appspot.com", "azurewebsites.net", "bigcartel.com", "blogspot.com", "business.site",
    "canva.site", "carrd.co", "cloudfront.net", "firebaseapp.com", "ghost.io", "github.io",
    "gitlab.io", "godaddysites.com", "herokuapp.com", "hubspotpagebuilder.com", "jimdo.com",
    "jimdofree.com", "jimdosite.com", "medium.com", "myportfolio.com", "myshopify.com",
    "netlify.app", "notion.site", "pages.dev", "shopify.com", "square.site", "squarespace.com",
    "strikingly.com", "substack.com", "tumblr.com", "typepad.com", "ueniweb.com", "vercel.app",
    "web.app", "webflow.io", "webnode.com", "weebly.com", "wix.com", "wixsite.com",
    "wordpress.com",
];

#[rustfmt::skip]
const FREE_MAIL_EVERYWHERE: &[&str] = &[
    "aol", "gmx", "googlemail", "hotmail", "live", "msn", "outlook", "rocketmail", "yahoo",
    "yandex", "ymail",
];

#[rustfmt::skip]
const FREE_MAIL: &[&str] = &[
    "126.com", "139.com", "163.com", "aim.com", "alice.it", "arcor.de", "att.net",
    "bellsouth.net", "bigpond.com", "bluewin.ch", "bol.com.br", "btinternet.com", "caramail.com",
    "charter.net", "comcast.net", "cox.net", "daum.net", "duck.com", "earthlink.net", "email.com",
    "email.cz", "email.de", "fastmail.com", "fastmail.fm", "free.fr", "freenet.de", "gmail.com",
    "gmx.net", "hanmail.net", "hey.com", "home.nl", "hotmail.com", "hushmail.com", "icloud.com",
    "ig.com.br", "inbox.com", "inbox.ru", "interia.pl", "juno.com", "kpnmail.nl", "laposte.net",
    "libero.it", "list.ru", "live.com", "mac.com", "mail.bg", "mail.com", "mail.de", "mail.ru",
    "mailbox.org", "me.com", "nate.com", "naver.com", "netscape.net", "neuf.fr", "o2.pl",
    "onet.pl", "online.de", "online.no", "optonline.net", "orange.fr", "outlook.com",
    "passport.com", "pm.me", "posteo.de", "privaterelay.appleid.com", "proton.me",
    "protonmail.ch", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rogers.com",
    "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.com", "sky.com",
    "sohu.com", "sympatico.ca", "t-online.de", "telenet.be", "telus.net", "terra.com.br",
    "tin.it", "tiscali.it", "tuta.io", "tutanota.com", "uol.com.br", "usa.net", "verizon.net",
    "virgilio.it", "virginmedia.com", "vodafone.de", "wanadoo.fr", "web.de", "wp.pl", "xs4all.nl",
    "yahoo.com", "yeah.net", "ziggo.nl", "zoho.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_in_lower_case() {
        for table in [SHARED, BUILDERS, FREE_MAIL, FREE_MAIL_EVERYWHERE] {
            for pair in table.windows(2) {
                assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
            }
            assert!(table.iter().all(|h| !h.starts_with("www.") && *h == h.to_lowercase()));
        }
    }

    #[test]
    fn shared_hosts() {
        for host in [
            "linkedin.com",
            "de.linkedin.com",
            "www.linkedin.com",
            "sites.google.com",
            "maps.google.com",
            "m.facebook.com",
            "youtu.be",
            "x.com",
            "wixsite.com",
            "www.wordpress.com",
            "xing.com",
            "yelp.com",
            "crunchbase.com",
            "linktr.ee",
        ] {
            assert!(is_shared_host(host), "{host}");
        }
        for host in [
            "acme.example",
            "acme.wixsite.com",
            "acme.wordpress.com",
            "acme.blogspot.com",
            "notlinkedin.com",
            "netflix.com",
            "linkedin.com.acme.example",
            "com",
            "",
        ] {
            assert!(!is_shared_host(host), "{host}");
        }
        assert!(is_linkedin("de.linkedin.com") && is_linkedin("lnkd.in"));
        assert!(!is_linkedin("mylinkedin.com") && !is_linkedin("linkedin.com.acme.example"));
    }

    #[test]
    fn free_mail() {
        for host in [
            "gmail.com",
            "yahoo.co.uk",
            "yahoo.de",
            "gmx.net",
            "gmx.at",
            "hotmail.fr",
            "outlook.com.br",
            "web.de",
            "icloud.com",
        ] {
            assert!(is_free_mail_host(host), "{host}");
        }
        for host in ["acme.example", "yahoo.acme.example", "live.acme.de", "gmail.acme.com", "live"]
        {
            assert!(!is_free_mail_host(host), "{host}");
        }
    }
}
