# A worker that runs limited activities from /app/limits.yaml.

FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY dashboard ./dashboard
RUN npm run build
# What the worker needs are peers, some of them optional, and development dependencies too: pruned as such, it could not start.
RUN npm pkg delete devDependencies peerDependenciesMeta && npm prune --no-audit --no-fund

FROM node:20.19.5-bookworm-slim
# The slim image has no root certificates, and without them the Temporal client cannot connect over TLS.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/lib ./lib
USER node
CMD ["node", "lib/src/batch/cli/cli.js", "worker"]
