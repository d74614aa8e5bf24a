# JavaScript, and the packages that it needs.
FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY views views
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

# What runs: Node.js without npm, on the same system.
FROM debian:trixie-slim
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY views views
COPY site site

# `docker exec NAME alexa-link links list`. What was private to who built the image is read by another user; data/ is for a look
# without settings.
RUN chmod -R a+rX package.json site views && chmod a+x dist/cli.js && ln -s /app/dist/cli.js /usr/local/bin/alexa-link \
    && mkdir data && chown 1000:1000 data
USER 1000:1000

# Nobody outside reaches a container's loopback, where it would listen in development.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["node", "--eval", "fetch('http://127.0.0.1:' + (process.env.PORT?.trim() || 8080) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
