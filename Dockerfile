# syntax=docker/dockerfile:1
# The service as an image: `docker build -t sizhu .`; docker-compose.yml shows how to run it.

FROM rust:1.95-bookworm AS builder
WORKDIR /src
COPY . .
# The caches stay on the building machine, so the program is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p sizhu-api --bin sizhu \
    && cp target/release/sizhu /usr/local/bin/sizhu

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sizhu
COPY --from=builder /usr/local/bin/sizhu /usr/local/bin/sizhu
COPY policies /usr/share/sizhu/policies
COPY LICENSE /usr/share/doc/sizhu/LICENSE

ENV SIZHU_LISTEN=0.0.0.0:8080 \
    SIZHU_POLICIES=/usr/share/sizhu/policies
USER 10001:10001
WORKDIR /
EXPOSE 8080
# Graceful: requests in flight are answered before the service ends.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["sizhu", "health"]
ENTRYPOINT ["sizhu"]
CMD ["serve"]
