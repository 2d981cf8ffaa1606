package pkcs11

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"lanyard/card"
)

// Main is the child in which a module runs. It must be called first in main,
// and in TestMain of tests that use a module. In every other process it returns
// at once; in the child it never does.
func Main() {
	if len(os.Args) != 2 || os.Args[0] != childName {
		return
	}
	in, out, err := ends()
	if err != nil {
		os.Exit(1)
	}
	if err := serve(in, out, os.Args[1]); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// job is a request with the PINs that came with it.
type job struct {
	q    request
	pins []*card.PIN
}

// serve answers requests. Another goroutine reads them: it sees the parent end
// while the module hangs, and then ends this process without more ado.
func serve(in io.Reader, out io.Writer, module string) error {
	runtime.LockOSThread() // some modules want all calls from one thread
	jobs := make(chan job)
	go func() {
		if err := receive(in, jobs); !errors.Is(err, io.EOF) {
			os.Exit(1)
		}
		os.Exit(0)
	}()
	m := &cryptoki{path: module}
	for j := range jobs {
		a := m.do(&j.q, j.pins)
		for _, p := range j.pins {
			p.Wipe()
		}
		if err := writeMessage(out, kindAnswer, a); err != nil {
			return err
		}
	}
	return nil
}

// receive reads requests until one cannot be read; the error is io.EOF where
// there are no more.
func receive(in io.Reader, jobs chan<- job) (err error) {
	for err == nil {
		var j job
		if j, err = readJob(in); err == nil {
			jobs <- j
		}
	}
	return err
}

func readJob(in io.Reader) (job, error) {
	var j job
	if err := readMessage(in, kindRequest, &j.q); err != nil {
		return job{}, err
	}
	for range j.q.Op.pins() {
		octets, err := readFrame(in, kindPIN)
		if err != nil {
			for _, p := range j.pins {
				p.Wipe()
			}
			return job{}, fmt.Errorf("PIN of %s: %w", j.q.Op, err)
		}
		j.pins = append(j.pins, card.NewPIN(octets))
	}
	return j, nil
}

// do answers one request.
func (m *cryptoki) do(q *request, pins []*card.PIN) *answer {
	a := new(answer)
	var err error
	switch q.Op {
	case opLoad:
		err = m.load()
	case opList:
		a.Tokens, err = m.list(q.All)
	case opRead:
		a.Objects, err = m.read(q.Token)
	case opBegin:
		err = m.begin(q)
	case opLogin:
		err = m.login(pins[0])
	case opKeys:
		err = m.login(nil)
	case opPrepare:
		a.Always, err = m.prepare(q.Key, q.Mechanism)
	case opContext:
		err = m.context(pins[0])
	case opAgain:
		err = m.context(nil)
	case opSign:
		a.Signature, err = m.sign(q.Data)
	case opSetPIN:
		err = m.setPIN(pins[0], pins[1])
	case opEnd:
		err = m.end(q.Keep, q.Last)
	default:
		err = fmt.Errorf("no operation %q", q.Op)
	}
	if err != nil {
		fail := new(callError)
		if !errors.As(err, &fail) {
			fail = &callError{Text: err.Error()}
		}
		return &answer{Fail: fail}
	}
	return a
}
