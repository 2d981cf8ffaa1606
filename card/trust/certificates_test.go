package trust_test

import (
	"bytes"
	"encoding/pem"
	"strings"
	"testing"

	"lanyard/card/trust"
)

func TestReadCertificates(t *testing.T) {
	a, b := root(t, "A", ecKey(t)), root(t, "B", ecKey(t))
	one := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	two := append(bytes.Clone(one), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.cert.Raw})...)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})
	for name, tc := range map[string]struct {
		in    []byte
		n     int
		fault string
	}{
		"DER":                    {in: a.cert.Raw, n: 1},
		"one PEM":                {in: one, n: 1},
		"two PEM, text between":  {in: append([]byte("my anchors\n"), two...), n: 2},
		"private key beside":     {in: append(bytes.Clone(one), key...), fault: "PRIVATE KEY"},
		"empty":                  {fault: "neither DER nor PEM"},
		"text":                   {in: []byte("hello"), fault: "neither DER nor PEM"},
		"cut DER":                {in: a.cert.Raw[:99], fault: "certificate 1"},
		"cut PEM":                {in: two[:len(two)-40], fault: "cut off"},
		"PEM of something else":  {in: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}), fault: "certificate 1"},
		"larger than any anchor": {in: bytes.Repeat([]byte{' '}, trust.MaxCertificateFile+1), fault: "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := trust.ReadCertificates(tc.in)
			if tc.fault == "" && (err != nil || len(got) != tc.n) {
				t.Errorf("%d certificates, %v", len(got), err)
			}
			if tc.fault != "" && (err == nil || !strings.Contains(err.Error(), tc.fault)) {
				t.Errorf("error %v, want %q", err, tc.fault)
			}
		})
	}
}
