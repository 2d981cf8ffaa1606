#!/bin/sh
# Installs what is missing on a Debian machine, and nothing else.
#   packaging/setup.sh run     what building and running Lanyard needs
#   packaging/setup.sh test    that and what the tests need
# Needs root, or sudo. Daemons that packages bring along are not started.
set -eu

run_packages="gcc libc6-dev pkg-config libpcsclite-dev libpcsclite1 pcscd vsmartcard-vpcd opensc opensc-pkcs11 iproute2 util-linux ca-certificates libgl-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libxkbcommon-dev libwayland-dev"
test_packages="$run_packages git curl openssl softhsm2 pcsc-tools ykcs11 libxml2-utils opensaml-schemas xmltooling-schemas shellcheck procps python3-minimal xvfb dbus xfwm4 openbox metacity xfce4-panel xfconf xfce4-notifyd gnome-keyring libglib2.0-bin x11-utils xdotool wmctrl imagemagick xterm libgl1-mesa-dri redis-server postgresql slapd ldap-utils"

case "${1:-run}" in
run) wanted=$run_packages ;;
test) wanted=$test_packages ;;
fresh) wanted="mmdebstrap" ;;
*)
	echo "usage: $0 run|test" >&2
	exit 2
	;;
esac

as_root=""
become_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || {
		echo "root is needed, and neither root nor sudo is there: $1" >&2
		exit 1
	}
	as_root=sudo
}

# The vpcd package brings a reader that listens for cards on every address as
# soon as the system's pcscd runs. Lanyard's own reader needs none of it, so the
# file is put out of force while it is still the package's own.
disable_vpcd() {
	file=/etc/reader.conf.d/vpcd
	[ -f $file ] || return 0
	shipped=$(dpkg-query -W -f='${Conffiles}\n' vsmartcard-vpcd 2>/dev/null | awk -v f=$file '$1 == f { print $2 }')
	[ "$shipped" = "$(md5sum <$file | cut -d' ' -f1)" ] || return 0
	become_root "to keep $file from opening a network port"
	$as_root sed -i 's/^\([^#]\)/#\1/' $file
	echo "put out of force: $file (it would listen for cards on every network address)" >&2
}

missing=""
for p in $wanted; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || {
	disable_vpcd
	exit 0
}

become_root "to install$missing"
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
disable_vpcd
