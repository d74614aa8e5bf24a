#!/usr/bin/env bash
# Gets the certificate for PUBLIC_URL from Let's Encrypt and keeps it fresh: runs after each deployment and then every minute,
# most times for nothing. Never fails a deployment: while the domain does not lead here, it waits.
set -euo pipefail
umask 022

folder=/etc/alexa-account-linking
proofs=/var/lib/alexa-account-linking/acme
program=/usr/local/sbin/alexa-account-linking-certificate
units=/etc/systemd/system

if [ "$0" != "$program" ]; then
  mkdir -p "$proofs" "$(dirname "$program")"
  install -m 755 "$0" "$program"
  printf '%s\n' '[Service]' Type=oneshot "ExecStart=$program" >"$units/alexa-account-linking-certificate.service"
  printf '%s\n' '[Timer]' OnActiveSec=1min OnUnitActiveSec=1min '[Install]' WantedBy=timers.target \
    >"$units/alexa-account-linking-certificate.timer"
  systemctl daemon-reload
  systemctl enable --now alexa-account-linking-certificate.timer
fi

# The timer and a deployment may meet.
exec 9>"$folder/lock"
flock -n 9 || exit 0

domain=$(/opt/elasticbeanstalk/bin/get-config environment -k PUBLIC_URL | sed -E 's|^https://([^/:]+).*|\1|' | tr '[:upper:]' '[:lower:]')
newer() { [ -n "$(find "$folder/$1" -mmin "-$2" 2>/dev/null)" ]; }

# Let's Encrypt refuses to try more often than about five times an hour.
newer failed 15 && exit 0

# With a certificate for this domain it is enough to ask twice a day whether a new one is due.
if openssl x509 -in "$folder/certificate.pem" -noout -checkhost "$domain" | grep -q 'does match'; then
  newer checked 720 && exit 0
else
  # Without one, only where it can work: what is put here must be found there.
  probe=$(openssl rand -hex 16)
  mkdir -p "$proofs/.well-known/acme-challenge"
  trap 'rm -f "$proofs/.well-known/acme-challenge/$probe"' EXIT
  echo "$probe" >"$proofs/.well-known/acme-challenge/$probe"
  found=$(curl -sS --max-time 10 "http://$domain/.well-known/acme-challenge/$probe" 2>&1 || true)
  if [ "$found" != "$probe" ]; then
    echo "waiting for a certificate: http://$domain does not lead to this instance yet"
    exit 0
  fi
fi

if ! { command -v certbot >/dev/null || dnf -y -q install certbot; } ||
  ! certbot certonly --non-interactive --agree-tos --register-unsafely-without-email --keep-until-expiring \
    --webroot --webroot-path "$proofs" --cert-name "$domain" --domain "$domain"; then
  touch "$folder/failed"
  echo "no certificate for $domain yet: the next try is in 15 minutes"
  exit 0
fi
touch "$folder/checked"

live=/etc/letsencrypt/live/$domain
[ "$(cat "$live/fullchain.pem")" = "$(cat "$folder/certificate.pem")" ] && exit 0
install -m 600 "$live/privkey.pem" "$folder/key.pem"
install -m 644 "$live/fullchain.pem" "$folder/certificate.pem"
nginx -t -q && systemctl reload nginx
echo "nginx now has the certificate for $domain"
