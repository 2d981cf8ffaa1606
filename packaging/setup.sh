#!/bin/sh
# Installs what is missing on a Debian machine, and nothing else.
#   packaging/setup.sh run     what building and running Lanyard needs
#   packaging/setup.sh test    that and what the tests need
# Needs root, or sudo. Daemons that packages bring along are not started.
set -eu

run_packages="gcc libc6-dev pkg-config libpcsclite-dev libpcsclite1 pcscd vsmartcard-vpcd opensc opensc-pkcs11 iproute2 util-linux ca-certificates"
test_packages="$run_packages git curl openssl softhsm2 pcsc-tools ykcs11 libxml2-utils opensaml-schemas xmltooling-schemas shellcheck procps python3-minimal"

case "${1:-run}" in
run) wanted=$run_packages ;;
test) wanted=$test_packages ;;
fresh) wanted="mmdebstrap" ;;
*)
	echo "usage: $0 run|test" >&2
	exit 2
	;;
esac

missing=""
for p in $wanted; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages are missing and neither root nor sudo is there to install them:$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "installing:$missing" >&2

# A policy that forbids starting daemons while packages are installed; only
# ours is taken away again.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
	$as_root chmod 755 $policy
	trap '$as_root rm -f $policy' EXIT
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
