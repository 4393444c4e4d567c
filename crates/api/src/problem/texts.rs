//! What callers read of each kind of problem: slug, title and advice in both languages.

use super::kind::ProblemKind;

/// Chinese and English.
type Both = (&'static str, &'static str);

impl ProblemKind {
    /// Slug, titles, advice: what a caller reads. One table on purpose, hence its length.
    #[expect(clippy::too_many_lines, reason = "a table of texts, one entry a kind")]
    pub(super) const fn texts(self) -> (&'static str, Both, Both) {
        match self {
            Self::InvalidRequestBody => (
                "invalid-request-body",
                ("请求体格式错误", "Malformed request body"),
                (
                    "请求体不是有效的 JSON，请检查语法和编码（UTF-8）。",
                    "The body is not valid JSON: check its syntax and that it is UTF-8.",
                ),
            ),
            Self::InvalidParameters => (
                "invalid-parameters",
                ("请求参数错误", "Invalid parameters"),
                (
                    "查询参数、表单字段或请求头不符合要求，见 errors。",
                    "A query parameter, form field or header is not acceptable: see `errors`.",
                ),
            ),
            Self::ValidationFailed => (
                "validation-failed",
                ("字段校验未通过", "Validation failed"),
                (
                    "请求体中的字段不符合要求，见 errors。",
                    "Fields of the body are not acceptable: see `errors`.",
                ),
            ),
            Self::IdempotencyKeyMissing => (
                "idempotency-key-missing",
                ("缺少幂等键", "Idempotency key missing"),
                (
                    "本操作要求 Idempotency-Key 请求头：每件新事一个新值，重试时用原值。",
                    "This operation needs an `Idempotency-Key` header: a new value for each new thing, the same value when repeating.",
                ),
            ),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                ("幂等键已用于其他内容", "Idempotency key reused"),
                (
                    "该幂等键此前用于内容不同的请求，请换一个新值。",
                    "This key was used for a request with other content: take a new value.",
                ),
            ),
            Self::IdempotencyInProgress => (
                "idempotency-in-progress",
                ("同一请求正在处理", "Request in progress"),
                (
                    "使用该幂等键的首个请求尚未完成，请按 Retry-After 重试。",
                    "The first request with this key is not finished: repeat after `Retry-After`.",
                ),
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                ("未认证", "Not authenticated"),
                (
                    "请用 POST /oauth/token 取得访问令牌，以 Authorization: Bearer 发送。",
                    "Get an access token with `POST /oauth/token` and send it as `Authorization: Bearer`.",
                ),
            ),
            Self::InvalidClient => (
                "invalid-client",
                ("客户端认证失败", "Client authentication failed"),
                (
                    "客户端标识或密钥不对，或客户端已停用。",
                    "The client id or secret is wrong, or the client is disabled.",
                ),
            ),
            Self::Forbidden => (
                "forbidden",
                ("无权操作", "Not permitted"),
                (
                    "令牌的角色不能执行本操作。",
                    "The role of this token may not do this.",
                ),
            ),
            Self::NotFound => (
                "not-found",
                ("未找到", "Not found"),
                (
                    "没有这个地址或这条记录，或它不在令牌的权限范围内。",
                    "There is no such address or record, or it is outside the token's scope.",
                ),
            ),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                ("不支持该方法", "Method not allowed"),
                (
                    "地址存在，但不支持该方法；可用方法见 Allow。",
                    "The address exists without this method: `Allow` names those it has.",
                ),
            ),
            Self::NotAcceptable => (
                "not-acceptable",
                ("无法提供所要求的格式", "Not acceptable"),
                (
                    "服务无法提供请求头所要求的表示形式。",
                    "The service has no representation that the request's headers accept.",
                ),
            ),
            Self::AlreadyExists => (
                "already-exists",
                ("已存在", "Already exists"),
                ("同样的记录已经存在。", "The same record exists already."),
            ),
            Self::ClaimDiffers => (
                "claim-differs",
                (
                    "该次住院已用不同内容申报",
                    "Claimed before with other content",
                ),
                (
                    "同一医院、病案号和入院日期已有申报，内容不同；如需更正，请更正原申报。",
                    "A claim with the same hospital, medical record number and admission exists with other content: correct that claim instead.",
                ),
            ),
            Self::StateConflict => (
                "state-conflict",
                ("当前状态不允许", "Not possible in this state"),
                (
                    "记录的当前状态不允许本操作，请重新读取。",
                    "The record's present state does not allow this: read it again.",
                ),
            ),
            Self::ConditionsNotMet => (
                "conditions-not-met",
                ("条件不符合", "Conditions not met"),
                (
                    "政策规定的条件未满足，见 errors。",
                    "Conditions of the policy are not met: see `errors`.",
                ),
            ),
            Self::PreconditionRequired => (
                "precondition-required",
                ("缺少前提条件", "Precondition required"),
                (
                    "本操作要求 If-Match 请求头，取最近一次读取所得的 ETag。",
                    "This operation needs `If-Match` with the `ETag` of your last read.",
                ),
            ),
            Self::PreconditionFailed => (
                "precondition-failed",
                ("记录已被修改", "Changed in the meantime"),
                (
                    "读取之后记录已被修改，请重新读取再改。",
                    "The record was changed since you read it: read it again, then edit.",
                ),
            ),
            Self::PayloadTooLarge => (
                "payload-too-large",
                ("请求体过大", "Payload too large"),
                (
                    "请求体超过本操作的上限。",
                    "The body is larger than this operation takes.",
                ),
            ),
            Self::UriTooLong => (
                "uri-too-long",
                ("地址过长", "URI too long"),
                (
                    "请求地址超过上限。",
                    "The address is longer than the service takes.",
                ),
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                ("不支持的媒体类型", "Unsupported media type"),
                (
                    "请求体的 Content-Type 不是本操作所要求的类型。",
                    "The body's `Content-Type` is not the one this operation takes.",
                ),
            ),
            Self::TooManyRequests => (
                "too-many-requests",
                ("请求过于频繁", "Too many requests"),
                (
                    "请按 Retry-After 稍后再试。",
                    "Try again after `Retry-After`.",
                ),
            ),
            Self::RequestTimeout => (
                "request-timeout",
                ("请求超时", "Request timeout"),
                (
                    "请求未能及时收完，请重试。",
                    "The request did not arrive in time: repeat it.",
                ),
            ),
            Self::BadRequest => (
                "bad-request",
                ("请求有误", "Bad request"),
                (
                    "请求不符合 HTTP 或本服务的要求。",
                    "The request is not acceptable to HTTP or to this service.",
                ),
            ),
            Self::Internal => (
                "internal",
                ("服务内部错误", "Internal error"),
                (
                    "服务出错，已记录；请附上 instance 告知运维人员。",
                    "The service failed and has logged it: quote `instance` to its operators.",
                ),
            ),
            Self::Unavailable => (
                "unavailable",
                ("服务暂不可用", "Temporarily unavailable"),
                (
                    "请按 Retry-After 稍后重试；带幂等键的请求可以放心重发。",
                    "Repeat after `Retry-After`; requests with an idempotency key are safe to repeat.",
                ),
            ),
        }
    }
}
