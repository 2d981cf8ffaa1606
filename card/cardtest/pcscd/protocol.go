package pcscd

import (
	"bytes"
	"encoding/binary"
)

// SocketEnv is the environment variable by which libpcsclite finds a service
// that is not at its usual place.
const SocketEnv = "PCSCLITE_CSOCK_NAME"

// Version of the protocol between libpcsclite and pcscd.
const (
	versionMajor = 4
	versionMinor = 4
)

// Command is a request of libpcsclite to the service.
type Command uint32

// The requests of protocol 4:4, with the numbers they have on the wire.
const (
	EstablishContext Command = 0x01
	ReleaseContext   Command = 0x02
	Connect          Command = 0x04
	Reconnect        Command = 0x05
	Disconnect       Command = 0x06
	BeginTransaction Command = 0x07
	EndTransaction   Command = 0x08
	Transmit         Command = 0x09
	Control          Command = 0x0A
	Status           Command = 0x0B
	Cancel           Command = 0x0D
	GetAttrib        Command = 0x0F
	SetAttrib        Command = 0x10
	Version          Command = 0x11
	GetReadersState  Command = 0x12
	WaitStateChange  Command = 0x13
	StopWaiting      Command = 0x14
)

// Return values of PC/SC that the look-alike gives by itself or that tests
// inject.
const (
	Success            uint32 = 0
	InternalError      uint32 = 0x80100001
	Cancelled          uint32 = 0x80100002
	InvalidHandle      uint32 = 0x80100003
	NoMemory           uint32 = 0x80100006
	InsufficientBuffer uint32 = 0x80100008
	UnknownReader      uint32 = 0x80100009
	SharingViolation   uint32 = 0x8010000B
	NoSmartcard        uint32 = 0x8010000C
	ProtoMismatch      uint32 = 0x8010000F
	InvalidValue       uint32 = 0x80100011
	CommError          uint32 = 0x80100013
	NotTransacted      uint32 = 0x80100016
	ReaderUnavailable  uint32 = 0x80100017
	NoService          uint32 = 0x8010001D
	ServiceStopped     uint32 = 0x8010001E
	UnsupportedFeature uint32 = 0x8010001F
	UnresponsiveCard   uint32 = 0x80100066
	ResetCard          uint32 = 0x80100068
	RemovedCard        uint32 = 0x80100069
	SecurityViolation  uint32 = 0x8010006A
)

// Share modes, dispositions and protocols.
const (
	shareExclusive = 1
	shareShared    = 2
	shareDirect    = 3

	leaveCard   = 0
	resetCard   = 1
	unpowerCard = 2

	protocolT0 = 1
)

// Bits of a reader's state.
const (
	stateAbsent     = 0x02
	statePresent    = 0x04
	stateSwallowed  = 0x08
	statePowered    = 0x10
	stateNegotiable = 0x20
)

// Sizes that both ends have compiled in.
const (
	maxReaders  = 16
	maxName     = 128 // with the closing zero
	maxATR      = 33
	maxAttr     = 264
	maxTransfer = 4 + 3 + 1<<16 + 3 + 2
)

// sharedExclusively is a reader's share count while one client has it alone.
const sharedExclusively = -1

// The messages, as C lays them out on the machine.
type (
	header struct {
		Size    uint32
		Command Command
	}
	versionMsg struct {
		Major, Minor int32
		RV           uint32
	}
	establishMsg struct{ Scope, Context, RV uint32 }
	releaseMsg   struct{ Context, RV uint32 }
	connectMsg   struct {
		Context            uint32
		Reader             [maxName]byte
		Share, Preferred   uint32
		Handle, Active, RV uint32
	}
	reconnectMsg struct{ Handle, Share, Preferred, Init, Active, RV uint32 }
	disposeMsg   struct{ Handle, Disposition, RV uint32 } // disconnect, end of transaction
	handleMsg    struct{ Handle, RV uint32 }              // begin, status; cancel with a context
	transmitMsg  struct {
		Handle                uint32
		SendProtocol, SendPCI uint32
		SendLength            uint32
		RecvProtocol, RecvPCI uint32
		RecvLength, RV        uint32
	}
	controlMsg struct{ Handle, Code, SendLength, RecvLength, Returned, RV uint32 }
	attribMsg  struct {
		Handle, ID uint32
		Attr       [maxAttr]byte
		Length, RV uint32
	}
	waitMsg     struct{ Timeout, RV uint32 }
	readerState struct {
		Name     [maxName]byte
		Counter  uint32
		State    uint32
		Sharing  int32
		ATR      [maxATR]byte
		_        [3]byte
		ATRLen   uint32
		Protocol uint32
	}
)

// encode lays a message out as C does: fixed size, native order, no padding
// that is not named.
func encode(msg any) []byte {
	var b bytes.Buffer
	// Writing fixed-size values to a buffer cannot fail.
	_ = binary.Write(&b, binary.NativeEndian, msg)
	return b.Bytes()
}

// cString returns what stands before the first zero.
func cString(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}
