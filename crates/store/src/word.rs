//! The macro of the closed vocabularies that only the store and its callers speak: states of rows.

/// Declares a closed list of words of a table: an enum, its words, and back.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $( $(#[$of:meta])* $variant:ident = $word:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $( $(#[$of])* $variant ),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// Its stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word ),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::StoreError;

            fn from_str(word: &str) -> Result<Self, $crate::StoreError> {
                match word {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err($crate::StoreError::Corrupt(stringify!($name))),
                }
            }
        }
    };
}
pub(crate) use words;
