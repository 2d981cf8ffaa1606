#!/usr/bin/env bash
# The whole path of the Spine Security Broker login by hand: activate, validate,
# role selection, role assertion, keep alive, logout. It knows the contract and
# nothing of Lanyard: curl speaks to the server, openssl makes the CMS.
#
#   LANYARD_SERVER  https://host[:port]
#   LANYARD_CA      file of certificates (PEM) that the server's is checked against
#   LANYARD_UID     the 12 digit user id
#   LANYARD_CERT    the authentication certificate (PEM or DER)
#
# and either its private key in a file, or a card behind a PKCS#11 module:
#
#   LANYARD_KEY     file of the private key (PEM)
#   LANYARD_PKCS11  module, with LANYARD_PIN; LANYARD_KEY_ID is the key's id (01)
#
# Optional: LANYARD_ROLE, the role profile to select (the first one offered),
# and LANYARD_ASSERTION, a file that gets the role assertion.
# Exit status 0 only if every step went as the contract says.
set -euo pipefail
umask 077

server=${LANYARD_SERVER:?is not set}
: "${LANYARD_CA:?is not set}" "${LANYARD_UID:?is not set}" "${LANYARD_CERT:?is not set}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "login.sh: $*" >&2
	exit 1
}

# value NAME FILE: one value of an answer, read as deployed clients do.
value() { sed -n "s/.*name=\"$1\"[^>]*>\([^<]*\)<\/gpPARAM>.*/\1/p" "$2"; }

# send WHAT OUT CURL-ARGUMENTS: one request; secrets stand in files only.
send() {
	local what=$1 out=$2
	shift 2
	curl --silent --show-error --max-time 30 --cacert "$LANYARD_CA" --output "$out" \
		--user-agent 'Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)' "$@" || fail "$what: the server cannot be reached"
}

# post WHAT PATH-OR-URL OUT: sends $dir/request.
post() { send "$1" "$3" --data-binary "@$dir/request" --header 'Content-Type: text/xml' "$2"; }

# request NAME=VALUE ...: a gpOBJECT, VALUE @FILE is a file's text.
request() {
	local pair name text
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		echo '<!DOCTYPE USER SYSTEM "gpOBJECT.DTD">'
		echo '<gpOBJECT>'
		for pair; do
			name=${pair%%=*} text=${pair#*=}
			if [ "$name" = response ]; then
				echo "<gpPARAM name=\"response\" encoding=\"base64\">$(cat "${text#@}")</gpPARAM>"
			elif [ "${text#@}" != "$text" ]; then
				echo "<gpPARAM name=\"$name\">$(cat "${text#@}")</gpPARAM>"
			else
				echo "<gpPARAM name=\"$name\">$text</gpPARAM>"
			fi
		done
		echo '</gpOBJECT>'
	} >"$dir/request"
}

# sign DIGEST: the CMS over $dir/octets, without signed attributes.
sign() {
	openssl x509 -in "$LANYARD_CERT" -out "$dir/cert.pem" 2>/dev/null ||
		openssl x509 -inform DER -in "$LANYARD_CERT" -out "$dir/cert.pem" || fail 'the certificate cannot be read'
	if [ -z "${LANYARD_PKCS11:-}" ]; then
		openssl cms -sign -binary -nodetach -noattr -md "$1" -signer "$dir/cert.pem" -inkey "${LANYARD_KEY:?is not set}" \
			-in "$dir/octets" -outform DER -out "$dir/answer.der" 2>"$dir/openssl" || fail "openssl: $(cat "$dir/openssl")"
		return
	fi
	[ "$1" = sha256 ] || fail "with a module only sha256 is signed, and the server wants $1"
	pkcs11-tool --module "$LANYARD_PKCS11" --login --pin env:LANYARD_PIN --sign --mechanism SHA256-RSA-PKCS \
		--id "${LANYARD_KEY_ID:-01}" --input-file "$dir/octets" --output-file "$dir/signed" >"$dir/module" 2>&1 ||
		fail "the card: $(cat "$dir/module")"
	assemble
}

hex() { od -An -v -tx1 | tr -d ' \n'; }

# der TAG HEX...: one element, its tag and content in hexadecimal.
der() {
	local tag=$1 body n
	shift
	printf -v body '%s' "$@"
	n=$((${#body} / 2))
	if [ "$n" -lt 128 ]; then
		printf '%s%02x%s' "$tag" "$n" "$body"
	else
		printf '%s82%04x%s' "$tag" "$n" "$body"
	fi
}

# field N: the Nth element of the certificate's body, in hexadecimal.
field() {
	local at head length
	read -r at head length < <(openssl asn1parse -in "$dir/cert.pem" |
		sed -n 's/^ *\([0-9]*\):d=2 *hl= *\([0-9]*\) *l= *\([0-9]*\).*/\1 \2 \3/p' | sed -n "$1p")
	openssl x509 -in "$dir/cert.pem" -outform DER | tail -c "+$((at + 1))" | head -c "$((head + length))" | hex
}

# assemble: puts the card's signature and all that belongs to it into a CMS.
assemble() {
	local sha256 rsa data octets cert info text
	sha256=$(der 30 0609608648016503040201 0500)
	rsa=$(der 30 06092a864886f70d010101 0500)
	data=06092a864886f70d010701
	octets=$(der 04 "$(hex <"$dir/octets")")
	cert=$(openssl x509 -in "$dir/cert.pem" -outform DER | hex)
	info=$(der 30 020101 "$(der 30 "$(field 4)" "$(field 2)")" "$sha256" "$rsa" "$(der 04 "$(hex <"$dir/signed")")")
	text=$(der 30 020101 "$(der 31 "$sha256")" "$(der 30 "$data" "$(der a0 "$octets")")" "$(der a0 "$cert")" "$(der 31 "$info")")
	text=$(der 30 06092a864886f70d010702 "$(der a0 "$text")")
	printf '%b' "$(fold -w 2 <<<"$text" | sed 's/^/\\x/' | tr -d '\n')" >"$dir/answer.der"
}

# refused WORDS FILE: a response that says so and asserts nothing.
refused() { grep -q "$1" "$2" && ! grep -q '<saml:Assertion' "$2"; }

common=(auth_method=3 app_url=NHST log_session_id=c0ffee 'device_id=LOGINSH,ClientIP=127.0.0.1')

request service=ACTIVATION "${common[@]}"
post activate "$server/login/authactivate" "$dir/active"
value challenge "$dir/active" >"$dir/challenge"
value signature "$dir/active" >"$dir/signature"
reply=$(value reply_url "$dir/active")
if ! [ -s "$dir/challenge" ] || ! [ -s "$dir/signature" ] || [ -z "$reply" ]; then
	fail "activate: $(value error_text "$dir/active")"
fi
[ "$(value service "$dir/active") $(value log_session_id "$dir/active")" = 'ACTIVATION c0ffee' ] || fail 'activate: not an echo of the request'
openssl base64 -d -A <"$dir/challenge" >"$dir/octets"
[ "$(wc -c <"$dir/octets")" -eq 48 ] || fail 'activate: the challenge does not have 48 octets'
digests=$(value signature_digests "$dir/active")
digest=${digests%%,*}
echo "activate: a challenge of 48 octets, to be signed over ${digest:-sha1}"

sign "${digest:-sha1}"
{
	printf '%s\n' 'MIME-Version: 1.0' 'Content-Disposition: attachment; filename="smime.p7m"' \
		'Content-Type: application/x-pkcs7-mime; name="smime.p7m"' 'Content-Transfer-Encoding: base64' ''
	openssl base64 <"$dir/answer.der"
} | openssl base64 -A >"$dir/response"
request service=AUTHENTICATION "${common[@]}" "challenge=@$dir/challenge" "signature=@$dir/signature" \
	"uid=$LANYARD_UID" card_type=p11 mobility=0 "response=@$dir/response"
post validate "$reply" "$dir/welcome"
value sso_ticket "$dir/welcome" >"$dir/ticket"
[ -s "$dir/ticket" ] || fail "validate: $(value error_code "$dir/welcome") $(value error_text "$dir/welcome")"
logout=$(value sso_logout_url "$dir/welcome")
update=$(value sso_session_url "$dir/welcome")
grep -Eq '^<gpPARAM name="nhsjobrole0" id="[^"]+" orgcode="[^"]+">[^<,]+, "[^<]*":"[^<]*":"[^<]*"</gpPARAM>$' "$dir/welcome" ||
	fail 'validate: no role line of the known form'
printf '%s' "$(cat "$dir/ticket")" >"$dir/token"
[ "$(wc -c <"$dir/token")" -le 253 ] || fail 'validate: the ticket is longer than 253 octets'
echo "validate: signed on as $(value cn "$dir/welcome"), $(grep -c 'name="nhsjobrole' "$dir/welcome") roles"

send assertion "$dir/early" --get --data-urlencode "token@$dir/token" "$server/saml/RoleAssertion"
refused 'no role selected' "$dir/early" || fail 'assertion before a role was selected'

role=${LANYARD_ROLE:-$(sed -n 's/.*name="nhsjobrole0" id="\([^"]*\)".*/\1/p' "$dir/welcome")}
send 'role selection' "$dir/selected" --get --data-urlencode "token@$dir/token" --data-urlencode "selectedRoleUid=$role" \
	--data ssbMode=0 --data fallbackStatus=0 --data gacVersion=10.0.0.1 "$server/saml/RoleSelectionGP.jsp"
grep -q 'OK' "$dir/selected" || fail "role selection: $(cat "$dir/selected")"
echo "role selection: $role"

send assertion "$dir/assertion" --get --data-urlencode "token@$dir/token" "$server/saml/RoleAssertion"
grep -qF '<samlp:StatusCode Value="samlp:Success"/>' "$dir/assertion" || fail "assertion: $(cat "$dir/assertion")"
grep -qF ">$LANYARD_UID</saml:AttributeValue>" "$dir/assertion" || fail 'assertion: it names another user'
grep -A1 'AttributeName="ssbSessionRoleUid"' "$dir/assertion" | grep -qF ">$role</saml:AttributeValue>" || fail 'assertion: it names another role'
if [ -n "${LANYARD_ASSERTION:-}" ]; then
	cp "$dir/assertion" "$LANYARD_ASSERTION"
fi
echo "assertion: $(wc -c <"$dir/assertion") octets"

request service=SESSIONUPDATE log_session_id=c0ffee "uid=$LANYARD_UID" "sso_ticket=@$dir/token"
post 'keep alive' "$update" "$dir/kept"
[ "$(cat "$dir/kept")" = '<HTML><STATUS>OK</STATUS></HTML>' ] || fail "keep alive: $(cat "$dir/kept")"
echo 'keep alive: done'

request service=LOGOUT log_session_id=c0ffee "uid=$LANYARD_UID" "sso_ticket=@$dir/token"
post logout "$logout" "$dir/out"
[ "$(cat "$dir/out")" = '<HTML><STATUS>OK</STATUS></HTML>' ] || fail "logout: $(cat "$dir/out")"
send assertion "$dir/late" --get --data-urlencode "token@$dir/token" "$server/saml/RoleAssertion"
refused 'samlp:Requester' "$dir/late" || fail 'assertion after logout'
echo 'logout: the ticket is good for nothing any more'
