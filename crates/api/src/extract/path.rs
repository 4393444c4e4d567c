//! Path parameters. One that cannot be an id names nothing: 404, not 400.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::fallback::no_such_record;
use crate::problem::Problem;

/// The parameters of the path, as `T` (one value, a tuple, or a struct by name).
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parsed = web::Path::<T>::from_request(request, payload).into_inner();
        ready(match parsed {
            Ok(path) => Ok(Self(path.into_inner())),
            Err(_unparsable) => Err(no_such_record(request)),
        })
    }
}
