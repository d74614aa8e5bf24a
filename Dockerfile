# Packages, where npm is.
FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

# What runs: Node.js without npm, on the same system.
FROM debian:trixie-slim
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY views views
COPY site site
COPY src src

# `docker exec NAME alexa-link links list`. What was private to who built the image is read by another user. Compiled code is kept by
# user, and can't be at run time where the disk is read-only; data/ is for a look without settings.
RUN chmod -R a+rX package.json site src views && chmod a+x src/cli.ts && ln -s /app/src/cli.ts /usr/local/bin/alexa-link \
    && mkdir data node_modules/.cache && chown 1000:1000 data node_modules/.cache
USER 1000:1000
RUN ["node", "--import", "./src/compile-cache.js", "--input-type=module", "--eval", "await import('./src/start.ts')"]

# Nobody outside reaches a container's loopback, where it would listen in development.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["node", "--eval", "fetch('http://127.0.0.1:' + (process.env.PORT?.trim() || 8080) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "./src/compile-cache.js", "--max-semi-space-size=2", "src/main.ts"]
