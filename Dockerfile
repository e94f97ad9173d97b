# The app as one image. `docker build .` needs nothing but this folder.
ARG NODE_IMAGE=node:24-bookworm-slim

# Compiles; nothing of this stage but its results goes on.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
# sqlite3 is compiled where its prebuilt binary cannot be fetched, against the headers that come with Node.
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
ENV npm_config_nodedir=/usr/local
COPY package.json package-lock.json ./
COPY packages/local-stripe/package.json packages/local-stripe/
# sqlite3 is the one dependency that is more than its files.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild sqlite3
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY packages packages
COPY src src
# What only building needs goes: the local Stripe, whose types the app is compiled against; and of sqlite3 all but its driver.
RUN npm run build \
  && npm prune --omit=dev --omit=optional --workspaces=false --no-audit --no-fund \
  && mv node_modules/sqlite3/build/Release/node_sqlite3.node . \
  && rm -rf node_modules/sqlite3/build node_modules/sqlite3/deps node_modules/sqlite3/src node_modules/node-addon-api \
  && mkdir -p node_modules/sqlite3/build/Release data \
  && mv node_sqlite3.node node_modules/sqlite3/build/Release/ \
  && rm dist/.tsbuildinfo \
  && find dist node_modules \( -name '*.map' -o -name '*.ts' \) -delete

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY views views
# The one place that is written to, and only on SQLite: the root file system may be read-only.
COPY --from=build --chown=node:node /build/data data
VOLUME /app/data
USER node
EXPOSE 5001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 5001}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
