// Package notify posts documents to listeners: applications that asked to be
// told of something. A delivery is tried again with growing pauses until the
// listener answers OK or its time is up, so it arrives at least once as long as
// this process lives; whoever listens may be told twice.
//
// It posts to hosts of a list only, dials no address but one that the host's
// name stood for at that moment, follows no redirect and uses no proxy. What it
// logs is the host, never the address or the document: tickets may stand in
// both.
//
// [Sender.Run] owns its goroutines and returns when they have ended; without it
// nothing is sent.
package notify
