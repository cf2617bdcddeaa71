# Ferry's image. The demo's is the same with one more feature:
#   docker build --tag ferry .
#   docker build --tag ferry-demo --build-arg FEATURES=sandbox .   &&   docker run … ferry-demo demo

FROM rust:1.95-slim-bookworm AS tools
ENV CARGO_TARGET_DIR=/build FERRY_CACHE=/cache FERRY_SITE_ROOT=/site SQLX_OFFLINE=true
WORKDIR /src
# Only what decides the tools, so that a change of the code does not build them again.
COPY .tools .tools
COPY Cargo.lock .
RUN --mount=type=cache,target=/usr/local/cargo/registry .tools/setup image

# The browser's half, compiled.
FROM tools AS browser
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build,id=ferry-browser,sharing=locked \
    .tools/build-site wasm

# The browser's half, complete.
FROM node:22-bookworm-slim AS site
ENV FERRY_SITE_ROOT=/site
WORKDIR /src
COPY .tools/versions .tools/
COPY end2end end2end
RUN npm ci --prefix end2end --omit=dev --ignore-scripts \
    && npm install --global --ignore-scripts "binaryen@$(sed -n 's/^binaryen_version=//p' .tools/versions)"
COPY . .
COPY --from=browser /site /site
RUN .tools/build-site smaller style public

# The server.
FROM tools AS server
ARG FEATURES=ssr
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build,id=ferry-server,sharing=locked \
    CARGO_PROFILE_RELEASE_STRIP=debuginfo cargo build --release --locked --bin ferry --features "$FEATURES" \
    && cp /build/release/ferry /ferry

FROM debian:bookworm-slim
COPY --from=tools /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=server /ferry /usr/local/bin/ferry
COPY --from=site /site /srv/ferry
ENV FERRY_ADDRESS=0.0.0.0:3000 FERRY_SITE_ROOT=/srv/ferry
# A number, so that Kubernetes can see that it is not root. Ferry writes nothing outside its database.
USER 10001:10001
EXPOSE 3000
# The image has no HTTP client, and bash speaks enough.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["ferry"]
CMD ["serve"]
