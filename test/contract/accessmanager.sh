#!/usr/bin/env bash
# Every request of the Access Manager session API by hand, with curl, and each
# answer that clients read as text compared byte for byte. It knows the contract
# and nothing of Lanyard.
#
#   LANYARD_SERVER   https://host:port, with its port
#   LANYARD_CA       file of certificates (PEM) that the server's is checked against
#   LANYARD_TICKET   file with a ticket whose role is selected
#   LANYARD_SECOND   file with a ticket of the same user, which ends here
#   LANYARD_UID      the user, 12 digits
#   LANYARD_LISTENER an address that may be told of sessions
#   LANYARD_SAML     folder that gets the answers over SOAP
#
# Both sessions have ended when it is done. Exit status 0 only if every answer
# was as the contract says.
set -euo pipefail
umask 077

server=${LANYARD_SERVER:?is not set}/amserver
: "${LANYARD_CA:?is not set}" "${LANYARD_UID:?is not set}" "${LANYARD_LISTENER:?is not set}" "${LANYARD_SAML:?is not set}"
T=$(cat "${LANYARD_TICKET:?is not set}")
U=$(cat "${LANYARD_SECOND:?is not set}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "accessmanager.sh: $*" >&2
	exit 1
}

# send PATH CURL-ARGUMENTS: one request; the answer goes to $dir/answer, its
# status is printed. Secrets stand in files only.
send() {
	local path=$1
	shift
	curl --silent --show-error --max-time 30 --cacert "$LANYARD_CA" --output "$dir/answer" --write-out '%{http_code}' "$@" "$server$path"
}

# same WHAT STATUS: the answer is $dir/want, byte for byte.
same() {
	[ "$2" = "${3:-200}" ] || fail "$1: status $2"
	cmp -s "$dir/want" "$dir/answer" || {
		diff "$dir/want" "$dir/answer" | sed "s/AQIC[A-Z0-9]*/AQIC…/g" >&2 || true
		fail "$1: the answer is another"
	}
	echo "$1: ok"
}

# set SERVICE REQUEST...: a set of requests, as the client library writes it.
set_of() {
	local service=$1 q
	shift
	printf '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<RequestSet vers="1.0" svcid="%s" reqid="10">\n' "$service"
	for q; do printf '<Request><![CDATA[%s]]></Request>\n' "$q"; done
	printf '</RequestSet>'
}

# answers SERVICE INNER...: the set of answers that must come.
answers() {
	local service=$1 a
	shift
	printf '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ResponseSet vers="1.0" svcid="%s" reqid="10">\n' "$service"
	for a; do printf '<Response><![CDATA[%s]]></Response>\n' "$a"; done
	printf '</ResponseSet>'
}

pll() { send "$1" --header 'Content-Type: text/xml;charset=UTF-8' --data-binary "@$dir/request"; }
ask() { printf '<SessionRequest vers="1.0" reqid="6"><%s>%s</%s></SessionRequest>' "$1" "$2" "${1%% *}"; }
told() { printf '<SessionResponse vers="1.0" reqid="6"><%s>%s</%s></SessionResponse>' "$1" "$2" "$1"; }
id() { printf '<SessionID>%s</SessionID>' "$1"; }

# exchange WHAT METHOD INNER ANSWER: one request of the session service.
exchange() {
	set_of session "$(ask "$2" "$3")" >"$dir/request"
	answers session "$(told "${2%% *}" "$4")" >"$dir/want"
	same "$1" "$(pll /sessionservice)"
}

OK='<OK></OK>'
no() { printf '<Exception>%s</Exception>' "$1"; }

printf OpenSSO >"$dir/want"
same 'naming service, GET' "$(send /namingservice)"
same 'session service, GET' "$(send /sessionservice)"

host=${LANYARD_SERVER}
attribute() { printf '<Attribute name="%s" value="%s"></Attribute>' "$1" "$2"; }
profile=$(
	attribute iplanet-am-naming-session-url "$server/sessionservice"
	attribute iplanet-am-naming-profile-url "$server/profileservice"
	attribute iplanet-am-naming-policy-url "$server/policyservice"
	attribute iplanet-am-naming-auth-url "$server/authservice"
	attribute iplanet-am-naming-samlsoapreceiver-url "$server/SAMLSOAPReceiver"
	attribute iplanet-am-naming-samlassertionmanager-url "$server/AssertionManagerServlet/AssertionManagerIF"
	attribute sun-naming-idsvcs-rest-url "$server/identity/"
	attribute iplanet-am-platform-server-list "$host"
	attribute iplanet-am-platform-site-id-list 01
	attribute 01 "$host"
)
for q in "<NamingRequest vers=\"3.0\" reqid=\"2\" sessid=\"$T\"><GetNamingProfile></GetNamingProfile></NamingRequest>" \
	'<NamingRequest vers="2.0" reqid="2"><GetNamingProfile></GetNamingProfile></NamingRequest>'; do
	set_of com.iplanet.am.naming "$q" >"$dir/request"
	answers com.iplanet.am.naming "<NamingResponse vers=\"1.0\" reqid=\"2\"><GetNamingProfile>$profile</GetNamingProfile></NamingResponse>" >"$dir/want"
	same 'naming profile' "$(pll /namingservice)"
done

# get WHAT TICKET RESET: a session, whose varying values are taken from the
# answer after their form was looked at.
get() {
	set_of session "$(ask "GetSession reset=\"$3\"" "$(id "$2")")" >"$dir/request"
	local status idle left instant context
	status=$(pll /sessionservice)
	idle=$(sed -n 's/.* timeidle="\([0-9][0-9]*\)" .*/\1/p' "$dir/answer")
	left=$(sed -n 's/.* timeleft="\([0-9][0-9]*\)" .*/\1/p' "$dir/answer")
	instant=$(sed -n 's/.*name="authInstant" value="\([0-9-]*T[0-9:]*Z\)".*/\1/p' "$dir/answer")
	context=$(sed -n 's/.*name="AMCtxId" value="\([0-9a-f]*\)".*/\1/p' "$dir/answer")
	if [ -z "$idle" ] || [ -z "$left" ] || [ "$left" -le 35000 ] || [ -z "$instant" ] || [ -z "$context" ]; then
		fail "$1: $status, not a session"
	fi
	property() { printf '<Property name="%s" value="%s"></Property>' "$1" "$2"; }
	answers session "$(told GetSession "<Session sid=\"$2\" stype=\"user\" cid=\"uid=$LANYARD_UID,ou=People,o=nhs\" cdomain=\"o=nhs\" maxtime=\"600\" maxidle=\"60\" maxcaching=\"3\" timeidle=\"$idle\" timeleft=\"$left\" state=\"valid\">$(
		property UserId "$LANYARD_UID"
		property Principal "uid=$LANYARD_UID,ou=People,o=nhs"
		property SessionHandle "shandle:$2"
		property Organization o=nhs
		property AuthLevel 3
		property AuthType ExtendedLoginModule
		property authInstant "$instant"
		property Host 10.0.2.15
		property HostName 10.0.2.15
		property AMCtxId "$context"
		property CharSet UTF-8
		property Locale en_GB
		property UserToken "$LANYARD_UID"
		property amlbcookie 01
		property ssbSessionRoleUid 900000001015
		property ssbMode 0
	)${4-}</Session>")" >"$dir/want"
	same "$1" "$status"
}

get 'GetSession' "$T" false
get 'GetSession, reset' "$T" true
get 'GetSession, ticket without its end' "${T%#}" false
get 'GetSession, other spelling' "$(printf %s "$T" | sed 's/=/./g; s/@/*/; s/#/*/')" false

exchange 'SetProperty' SetProperty "$(id "$T")<Property name=\"ward\" value=\"7 &amp; 8\"></Property>" "$OK"
get 'GetSession with it' "$T" false '<Property name="ward" value="7 &amp; 8"></Property>'
exchange 'SetProperty, protected' SetProperty "$(id "$T")<Property name=\"UserId\" value=\"1\"></Property>" "$(no "$T No privilege to perform this operation.")"
exchange 'AddSessionListener' AddSessionListener "<URL>$LANYARD_LISTENER</URL>$(id "$U")" "$OK"
exchange 'AddSessionListener, another host' AddSessionListener "$(id "$T")<URL>https://elsewhere.example/</URL>" "$(no "$T No privilege to perform this operation.")"
exchange 'GetValidSessions' GetValidSessions "$(id "$T")" "$(no "$T Unknown request method.")"
exchange 'GetSessionCount' GetSessionCount "$(id "$T")<UUID>x</UUID>" "$(no "$T Unknown request method.")"
exchange 'DestroySession' DestroySession "$(id "$T")<DestroySessionID>$U</DestroySessionID>" "$OK"
exchange 'GetSession of an end' 'GetSession reset="true"' "$(id "$U")" "$(no "$U Invalid session ID.$U")"

set_of Session "$(ask GetSession "$(id AQIC)")" "$(ask Logout "$(id "$U")")" >"$dir/request"
answers Session "$(told GetSession "$(no 'AQIC Invalid session ID.AQIC')")" "$(told Logout "$(no "$U Invalid session ID.$U")")" >"$dir/want"
same 'two requests' "$(pll /sessionservice)"

printf '<RequestSet' >"$dir/request"
[ "$(pll /sessionservice)" = 400 ] || fail 'unreadable set'
echo 'unreadable set: ok'

printf %s "$T" >"$dir/ticket"
printf 'boolean=true\n' >"$dir/want"
same 'isTokenValid' "$(send /identity/isTokenValid --get --data-urlencode "tokenid@$dir/ticket")"
printf 'boolean=false\n' >"$dir/want"
same 'isTokenValid of nobody' "$(send '/identity/isTokenValid?tokenid=AQIC')"
[ "$(send /identity/attributes --data-urlencode "subjectid@$dir/ticket")" = 200 ] || fail attributes
head -n 5 "$dir/answer" >"$dir/head"
printf 'userdetails.token.id=%s\nuserdetails.role=900000001015\nuserdetails.role=900000001023\nuserdetails.attribute.name=uid\nuserdetails.attribute.value=%s\n' "$T" "$LANYARD_UID" >"$dir/want"
cmp -s "$dir/want" "$dir/head" || fail 'attributes: the answer is another'
echo 'attributes: ok'

# action WHAT ACTION ANSWER: of the JSON form; the ticket goes into the address
# through a file of settings.
action() {
	printf 'url = "%s/json/sessions/%s?_action=%s"\n' "$server" "$(sed 's/#/%23/' "$dir/ticket")" "$2" >"$dir/curl"
	printf %s "$3" >"$dir/want"
	same "$1" "$(curl --silent --show-error --max-time 30 --cacert "$LANYARD_CA" --output "$dir/answer" --write-out '%{http_code}' --request POST --config "$dir/curl")"
}
action validate validate "{\"valid\":true,\"uid\":\"$LANYARD_UID\",\"realm\":\"/\"}"
action isActive isActive '{"active":true}'
action getMaxIdle getMaxIdle '{"maxidletime":60}'
action getMaxSessionTime getMaxSessionTime '{"maxsessiontime":600}'

# number WHAT ACTION PATTERN: an answer with seconds in it.
number() {
	printf 'url = "%s/json/sessions/%s?_action=%s"\n' "$server" "$(sed 's/#/%23/' "$dir/ticket")" "$2" >"$dir/curl"
	curl --silent --show-error --max-time 30 --cacert "$LANYARD_CA" --output "$dir/answer" --request POST --config "$dir/curl"
	grep -Eqx "$3" "$dir/answer" || fail "$1: the answer is another"
	echo "$1: ok"
}
number getIdle getIdle '\{"idletime":[0-9]+\}'
number getTimeLeft getTimeLeft '\{"maxtime":35[0-9]{3}\}'
number refresh refresh "\{\"uid\":\"$LANYARD_UID\",\"realm\":\"/\",\"idletime\":0,\"maxidletime\":60,\"maxsessiontime\":600,\"maxtime\":35[0-9]{3}\}"

# saml NAME QUESTION: over SOAP.
saml() {
	printf '<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body><samlp:Request xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" RequestID="s2f0c" MajorVersion="1" MinorVersion="1" IssueInstant="2026-11-24T09:00:00Z">%s</samlp:Request></soap-env:Body></soap-env:Envelope>' "$2" >"$dir/request"
	pll /SAMLSOAPReceiver
	cp "$dir/answer" "$LANYARD_SAML/$1.xml"
}
subject="<saml:Subject><saml:NameIdentifier>uid=$LANYARD_UID,ou=People,o=nhs</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod><saml:SubjectConfirmationData>$T</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"
for q in AttributeQuery AuthenticationQuery; do
	[ "$(saml "$q" "<samlp:$q>$subject</samlp:$q>")" = 200 ] || fail "$q"
	grep -q '<samlp:StatusCode Value="samlp:Success"/>' "$dir/answer" || fail "$q: no success"
	grep -q "<saml:SubjectConfirmationData>$T</saml:SubjectConfirmationData>" "$dir/answer" || fail "$q: no ticket"
	echo "$q: ok"
done
[ "$(saml AssertionArtifact '<samlp:AssertionArtifact>AAE=</samlp:AssertionArtifact>')" = 200 ] || fail AssertionArtifact
grep -q 'samlp:Requester' "$dir/answer" || fail 'AssertionArtifact: known'
echo 'AssertionArtifact: ok'
[ "$(saml AssertionIDReference '<saml:AssertionIDReference>s1</saml:AssertionIDReference>')" = 200 ] || fail AssertionIDReference
echo 'AssertionIDReference: ok'
[ "$(saml Fault '')" = 500 ] || fail 'SOAP fault'
grep -q '<soap-env:Fault><faultcode>soap-env:Client</faultcode><faultstring>' "$dir/answer" || fail 'SOAP fault: none'
echo 'SOAP fault: ok'

exchange 'Logout' Logout "$(id "$T")" "$OK"
action 'validate of an end' validate '{"valid":false}'
action 'logout of an end' logout '{"result":"Token has expired"}'
status=$(send /identity/logout --data-urlencode "subjectid@$dir/ticket")
if [ "$status" != 401 ] || ! grep -q '^exception.name=com.sun.identity.idsvcs.TokenExpired ' "$dir/answer"; then
	fail "identity logout of an end: $status"
fi
echo 'identity logout of an end: ok'
