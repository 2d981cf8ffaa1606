package proc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf16"
)

const page = 4096

// Find counts how often a secret stands in the writable memory of a process,
// as ASCII, UTF-16 or UTF-32, whole or its first seven characters. Pages that
// are not resident and were not swapped out hold nothing and are left out.
func Find(pid int, secret string) (map[string]int, error) {
	needles := forms(secret)
	found := make(map[string]int, len(needles))
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	defer func() { _ = maps.Close() }()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, err
	}
	defer func() { _ = mem.Close() }()
	pagemap, err := os.Open(fmt.Sprintf("/proc/%d/pagemap", pid))
	if err != nil {
		return nil, err
	}
	defer func() { _ = pagemap.Close() }()

	var scanned int64
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		from, to, err := span(fields[0])
		if err != nil {
			return nil, err
		}
		n, err := scan(mem, pagemap, from, to, needles, found)
		if err != nil {
			return nil, err
		}
		scanned += n
	}
	if scanned == 0 {
		return nil, fmt.Errorf("nothing of process %d could be read", pid)
	}
	return found, nil
}

// Hits adds up what Find counted.
func Hits(found map[string]int) int {
	sum := 0
	for _, n := range found {
		sum += n
	}
	return sum
}

func forms(secret string) map[string][]byte {
	wide := func(s string, size int) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, u)
			b = append(b, make([]byte, size-2)...)
		}
		return b
	}
	head := secret[:min(7, len(secret))]
	return map[string][]byte{
		"ascii": []byte(secret), "utf16": wide(secret, 2), "utf32": wide(secret, 4),
		"head": []byte(head), "head utf32": wide(head, 4),
	}
}

func span(s string) (from, to int64, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("no memory range: %q", s)
	}
	if from, err = strconv.ParseInt(a, 16, 64); err != nil {
		return 0, 0, err
	}
	to, err = strconv.ParseInt(b, 16, 64)
	return from, to, err
}

// scan reads the resident runs of one range and counts the needles in them.
func scan(mem, pagemap io.ReaderAt, from, to int64, needles map[string][]byte, found map[string]int) (int64, error) {
	bits := make([]byte, (to-from)/page*8)
	if n, err := pagemap.ReadAt(bits, from/page*8); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	} else if n < len(bits) {
		bits = bits[:n]
	}
	const presentOrSwapped = 0xC0
	var scanned int64
	for i := 0; i < len(bits)/8; {
		if bits[i*8+7]&presentOrSwapped == 0 {
			i++
			continue
		}
		j := i
		for j < len(bits)/8 && bits[j*8+7]&presentOrSwapped != 0 {
			j++
		}
		data := make([]byte, int64(j-i)*page)
		n, err := mem.ReadAt(data, from+int64(i)*page)
		if err != nil && n == 0 {
			i = j // a range that the kernel does not show (vvar)
			continue
		}
		scanned += int64(n)
		for name, needle := range needles {
			found[name] += bytes.Count(data[:n], needle)
		}
		i = j
	}
	return scanned, nil
}
