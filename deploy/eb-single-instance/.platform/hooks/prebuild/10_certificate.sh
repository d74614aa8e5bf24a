#!/usr/bin/env bash
# nginx does not start without a certificate, and a real one can only be had when it runs. So on a new instance this makes one
# that nobody trusts and that ends soon; the hook in postdeploy replaces it.
set -euo pipefail
umask 077

folder=/etc/alexa-account-linking
[ -s "$folder/certificate.pem" ] && [ -s "$folder/key.pem" ] && exit 0

command -v openssl >/dev/null || dnf -y -q install openssl
mkdir -p "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=not yet" \
  -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
echo "made a self-signed certificate, until there is a real one"
