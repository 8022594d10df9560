//! Why leads are represented as they are, and why they have a company: fixed sets of phrases, so that they
//! can be counted and cost a byte each. It must not decide.

/// Declares a set of phrases.
macro_rules! phrases {
    ($(#[$doc:meta])* $name:ident { $($phrase:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $text] $phrase,)+
        }

        impl $name {
            /// The phrase.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$phrase => $text,)+
                }
            }
        }
    };
}

phrases! {
    /// Why a lead is represented as it is.
    Evidence {
        CompanyByChoice = "company: by choice",
        FirstContact = "person: its first contact",
        NoContactByChoice = "person: no contact, by choice",
        Website = "company: no contact, but a website",
        LegalForm = "company: no contact, but a legal form in its name",
        NoSign = "person: no contact, no sign of an organisation",
        ContactTaken = "company: its first contact already represents another lead",
        MergedByContact = "merged: its first contact already represents another lead",
        MergedByCompany = "merged: its company is another lead's",
    }
}

phrases! {
    /// Why a lead has a company, or none.
    CompanyEvidence {
        ByChoice = "company: every lead is one, by choice",
        Website = "company: it has a website",
        Nameless = "no company: neither name nor website",
        LegalForm = "company: its name ends in a legal form",
        NoContact = "no company: no contact, website or legal form",
        LikeItsContact = "no company: named like its only contact, no website",
        OwnName = "company: it has contacts and a name of its own",
    }
}
