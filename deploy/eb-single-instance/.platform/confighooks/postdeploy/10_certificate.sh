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

# Nothing may hang: the next minute has another try.
brief() { timeout -k 5 60 "$@"; }

start_timer() {
  mkdir -p "$(dirname "$program")" && install -m 755 "$0" "$program" &&
    printf '%s\n' '[Unit]' "Description=Certificate from Let's Encrypt" '[Service]' Type=oneshot "ExecStart=$program" \
      TimeoutStartSec=10min StandardOutput=append:/var/log/eb-hooks.log StandardError=inherit >"$unit.service" &&
    printf '%s\n' '[Timer]' OnActiveSec=1min OnUnitActiveSec=1min '[Install]' WantedBy=timers.target >"$unit.timer" &&
    brief systemctl daemon-reload && brief systemctl enable --now "$(basename "$unit").timer"
}

of() { openssl x509 -in "$pem" -noout "$@"; }
instant() { date -d "$(of "-$1" | cut -d= -f2)" +%s; }

# For this domain, and in the first two thirds of its life.
good() {
  local from to
  of -checkhost "$domain" 2>/dev/null | grep -q 'does match' && from=$(instant startdate) && to=$(instant enddate) &&
    [ $((to - $(date +%s))) -gt $(((to - from) / 3)) ]
}

# nginx has what is in the file only once it was told.
serve() {
  [ "$(cat "$folder/served" 2>/dev/null)" = "$(of -fingerprint)" ] ||
    { brief nginx -t -q && brief systemctl reload nginx && of -fingerprint >"$folder/served" && rm -f "$folder/said" &&
      say "nginx now has the certificate for $domain"; }
}

# 15 minutes after a try that has failed, then twice as long each time, up to a day: Let's Encrypt counts failures by the hour, and
# certificates by the week.
pause() { echo $(($1 > 7 ? 1440 : $1 < 1 ? 15 : 15 * 2 ** ($1 - 1))); }

mkdir -p "$folder" "$challenges"
[ "$0" = "$program" ] || start_timer || say "the timer that renews the certificate could not be started"

# The timer and a deployment may meet.
exec 9>"$folder/lock"
flock -n 9 || exit 0

domain=$(brief /opt/elasticbeanstalk/bin/get-config environment -k PUBLIC_URL | tr -d '[:space:]' | tr '[:upper:]' '[:lower:]' |
  sed -E 's|^https://||; s|[/:?#].*||; s|\.$||')
if ! [[ $domain =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]]; then
  say "no certificate: PUBLIC_URL names no domain"
  exit 0
fi

if good; then
  serve
  rm -f "$folder/tries"
  exit 0
fi

# A file from the future is of a clock that was wrong.
tries=$(grep -axm1 -E '0|[1-9][0-9]{0,3}' "$folder/tries" 2>/dev/null || echo 0)
[ -n "$(find "$folder/tries" -mmin "-$(pause "$tries")" ! -newermt now 2>/dev/null)" ] && exit 0

# Only where it can work: what is put here must be found there.
find "$challenges" -type f -mmin +60 -delete
probe=$(openssl rand -hex 16)
echo "$probe" >"$challenges/$probe"
found=$(curl -gsS --max-time 10 "http://$domain/.well-known/acme-challenge/$probe" 2>&1) || true
rm -f "$challenges/$probe"
if [ "$found" != "$probe" ]; then
  say "waiting for a certificate: http://$domain does not lead to this instance yet"
  exit 0
fi

# Noted before, and forgotten only when there is a good one, so that whatever happens nothing is asked for every minute. Remains of an
# earlier try would be in the way, and so would an account that was half written.
tries=$((tries + 1))
echo "$tries" >"$folder/tries"
rm -rf "$state"/certbot/{live,archive,renewal} "$pem.new"
if ! { command -v certbot >/dev/null || timeout -k 10 200 dnf -y -q install certbot; } ||
  ! timeout -k 10 200 certbot certonly --non-interactive --agree-tos --register-unsafely-without-email \
    --config-dir "$state/certbot" --work-dir "$state/certbot/work" --logs-dir "$state/certbot/log" \
    --webroot --webroot-path "$state/acme" --cert-name "$domain" --domain "$domain"; then
  rm -rf "$state/certbot/accounts"
  say "no certificate for $domain yet: the next try is in $(pause "$tries") minutes"
  exit 0
fi
(
  umask 077
  cat "$state/certbot/live/$domain"/{privkey,fullchain}.pem >"$pem.new"
)
key=$(openssl pkey -in "$pem.new" -pubout)
[ "$key" = "$(openssl x509 -in "$pem.new" -noout -pubkey)" ]
sync "$pem.new"
mv -f "$pem.new" "$pem"
good && rm -f "$folder/tries"
serve
