// Package reader is a virtual card reader: the real pcscd with the vpcd driver,
// private to whoever starts it. Programs reach it over an ordinary PC/SC socket
// (PCSCLITE_CSOCK_NAME) and see cards inserted and pulled; nothing of it is
// reachable from the network, and no real reader of the machine is touched.
//
// pcscd has its socket's path compiled in, and the vpcd driver listens for cards
// on every address. Both are put right by namespaces: a child process in a user,
// mount, network and process namespace of its own, where the directory of the
// socket is one of ours and the only network is a loopback. The child is this
// very program, started again under another name: [Main] must be the first thing
// that main, and TestMain of tests, call. It sets the namespaces up, runs pcscd,
// and connects to the driver when a card is inserted; the connection itself
// comes out to the parent over an inherited socket, so that card octets take no
// detour.
//
// A [Reader] owns one goroutine that started the child and waits for it, and one
// for an inserted card; Close ends both and waits. The kernel ends the child and
// all in its namespace when the parent dies, however it dies.
//
// Linux only: elsewhere Start is errors.ErrUnsupported.
package reader
