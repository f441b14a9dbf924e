#!/usr/bin/env bash
# Make the secrets that docker-compose.yml names, once; existing ones stay.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

keep() { if [ -e "$1" ]; then cat > /dev/null; else cat > "$1"; fi; }

for name in jwt_secret frontend_secret metrics_token tokens_encryption_key postgres_password; do
  random | keep "$name"
done
printf 'postgresql://segue:%s@postgres/segue' "$(cat postgres_password)" | keep database_url
printf '[default]\naws_access_key_id = segue\naws_secret_access_key = %s\n' "$(random)" | keep s3_credentials
# The images run as another user than the one who starts them.
chmod 644 ./*
echo "Secrets are in $PWD. Keep a copy: without tokens_encryption_key, stored YouTube connections are lost."
