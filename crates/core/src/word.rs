//! The macro that declares closed vocabularies: enums whose variants have one fixed word each.

/// A word that is not in a closed vocabulary. Never repeats the word itself: it came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary}")]
pub struct UnknownWord {
    /// The vocabulary's type name, such as `StatusKind`.
    pub vocabulary: &'static str,
}

/// Declares an enum with one stable word per variant, used alike in JSON, TOML, the database and
/// documents. Gives `ALL`, `as_str`, `Display`, `FromStr` and serde; variants are ordered as
/// declared.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $word)] $variant ),+
        }

        impl $name {
            /// Every value, in declared order.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The stable word of this value.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word ),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err($crate::word::UnknownWord { vocabulary: stringify!($name) }),
                }
            }
        }
    };
}

pub(crate) use words;
