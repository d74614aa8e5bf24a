#!/bin/sh
# What runs is dist/, on Node.js 24 or newer. Where one is missing, this stops the deployment, and the version before keeps running.
if [ ! -f dist/main.js ]; then
  echo 'dist/ is missing: run "npm ci && npm run build", then deploy again.' >&2
  exit 1
fi
# Where hooks find no node, the server says the same when it starts.
if command -v node >/dev/null && ! node --eval 'process.exit(parseInt(process.versions.node) < 24 ? 1 : 0)'; then
  echo "This environment has Node.js $(node --version): create one with the platform \"Node.js 24 running on 64bit Amazon Linux 2023\"." >&2
  exit 1
fi
