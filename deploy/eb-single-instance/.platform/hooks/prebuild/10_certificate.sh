#!/usr/bin/env bash
# nginx does not start without a certificate, and a real one can only be had when it runs. So where there is none that can be used, this
# makes one that nobody trusts and that ends soon; the hook in postdeploy replaces it.
set -euo pipefail

folder=/etc/alexa-account-linking
pem=$folder/tls.pem
command -v openssl >/dev/null || dnf -y -q install openssl

if key=$(openssl pkey -in "$pem" -pubout 2>/dev/null) && [ "$key" = "$(openssl x509 -in "$pem" -noout -pubkey 2>/dev/null)" ]; then
  exit 0
fi
mkdir -p "$folder"
(
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=not yet" \
    -keyout "$pem.key" -out "$pem.certificate" 2>/dev/null
  cat "$pem.key" "$pem.certificate" >"$pem.made"
)
sync "$pem.made"
mv -f "$pem.made" "$pem"
rm -f "$pem.key" "$pem.certificate"
echo "made a self-signed certificate, until there is a real one"
