#!/usr/bin/env bash
# Gets the certificate for PUBLIC_URL from Let's Encrypt and keeps it fresh: runs after each deployment and then every minute,
# most times for nothing. Never fails a deployment: what goes wrong is said, and tried again.
set -uo pipefail
trap 'say "the certificate was not looked after: line $LINENO failed"; exit 0' ERR
umask 022

folder=/etc/alexa-account-linking
pem=$folder/tls.pem # key and certificate in one, so that they are never replaced one without the other
state=/var/lib/alexa-account-linking
challenges=$state/acme/.well-known/acme-challenge
program=/usr/local/sbin/alexa-account-linking-certificate
unit=/etc/systemd/system/alexa-account-linking-certificate

# Each minute's news, and not each minute the same; in eb-hooks.log, which is among the platform's logs.
say() {
  [ "$0" = "$program" ] && [ "$(cat "$folder/said" 2>/dev/null)" = "$1" ] && return
  echo "$(date -u +%FT%TZ) $1"
  echo "$1" >"$folder/said"
}

mkdir -p "$folder" "$challenges"
if [ "$0" != "$program" ]; then
  mkdir -p "$(dirname "$program")"
  install -m 755 "$0" "$program"
  printf '%s\n' '[Unit]' 'Description=Certificate from Let'"'"'s Encrypt' '[Service]' Type=oneshot "ExecStart=$program" \
    StandardOutput=append:/var/log/eb-hooks.log StandardError=inherit >"$unit.service"
  printf '%s\n' '[Timer]' OnActiveSec=1min OnUnitActiveSec=1min '[Install]' WantedBy=timers.target >"$unit.timer"
  systemctl daemon-reload
  systemctl enable --now "$(basename "$unit").timer"
fi

# The timer and a deployment may meet.
exec 9>"$folder/lock"
flock -n 9 || exit 0

of() { openssl x509 -in "$pem" -noout "$@"; }
instant() { date -d "$(of "-$1" | cut -d= -f2)" +%s; }

# nginx has what is in the file only once it was told.
serve() {
  [ "$(cat "$folder/served" 2>/dev/null)" = "$(of -fingerprint)" ] ||
    { nginx -t -q && systemctl reload nginx && of -fingerprint >"$folder/served" && rm -f "$folder/said" && say "nginx now has the certificate for $domain"; }
}

domain=$(/opt/elasticbeanstalk/bin/get-config environment -k PUBLIC_URL | tr -d '[:space:]' | tr '[:upper:]' '[:lower:]' |
  sed -E 's|^https://||; s|[/:?#].*||; s|\.$||')

# Good for two thirds of its life.
if of -checkhost "$domain" 2>/dev/null | grep -q 'does match' &&
  [ $(($(instant enddate) - $(date +%s))) -gt $((($(instant enddate) - $(instant startdate)) / 3)) ]; then
  serve
  exit 0
fi

# After a failure 15 minutes, then twice as long each time, up to a day: Let's Encrypt counts failures by the hour, and certificates by
# the week. A file from the future is of a clock that was wrong.
tries=$(grep -xE '[0-9]{1,4}' "$folder/tries" 2>/dev/null || echo 0)
pause=$((tries > 7 ? 1440 : 15 * 2 ** tries / 2))
[ -n "$(find "$folder/tries" -mmin "-$pause" ! -newermt now 2>/dev/null)" ] && exit 0

# Only where it can work: what is put here must be found there.
find "$challenges" -type f -mmin +60 -delete
probe=$(openssl rand -hex 16)
echo "$probe" >"$challenges/$probe"
found=$(curl -sS --max-time 10 "http://$domain/.well-known/acme-challenge/$probe" 2>&1) || true
rm -f "$challenges/$probe"
if [ "$found" != "$probe" ]; then
  say "waiting for a certificate: http://$domain does not lead to this instance yet"
  exit 0
fi

# Noted before, so that nothing is asked for every minute, whatever happens. Without remains of an earlier try.
echo $((tries + 1)) >"$folder/tries"
rm -rf "$state"/certbot/{live,archive,renewal} "$pem.new"
if ! { command -v certbot >/dev/null || timeout 300 dnf -y -q install certbot; } ||
  ! timeout 300 certbot certonly --non-interactive --agree-tos --register-unsafely-without-email \
    --config-dir "$state/certbot" --work-dir "$state/certbot/work" --logs-dir "$state/certbot/log" \
    --webroot --webroot-path "$state/acme" --cert-name "$domain" --domain "$domain"; then
  say "no certificate for $domain yet: the next try is in $((tries > 6 ? 1440 : 15 * 2 ** tries)) minutes"
  exit 0
fi
(
  umask 077
  cat "$state/certbot/live/$domain"/{privkey,fullchain}.pem >"$pem.new"
)
[ "$(openssl pkey -in "$pem.new" -pubout)" = "$(openssl x509 -in "$pem.new" -noout -pubkey)" ]
mv -f "$pem.new" "$pem"
rm -f "$folder/tries"
serve
