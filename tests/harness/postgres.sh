#!/bin/sh
# A PostgreSQL of a test's own, in DIRECTORY, on a port of loopback; speaks TLS with the certificate
# that is there. Its log is on stdout. It refuses to run as root, and then runs as its package's user.
#
#   postgres.sh DIRECTORY PORT
set -eu
directory=$1 port=$2
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
as=
if [ "$(id -u)" = 0 ]; then
  chown -R postgres "$directory"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig=KILL"
fi
cd "$directory"
$as "$bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --no-sync >/dev/null
exec $as "$bin/postgres" -D "$directory/data" -p "$port" \
  -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
  -c ssl=on -c "ssl_cert_file=$directory/cert.pem" -c "ssl_key_file=$directory/key.pem" 2>&1
