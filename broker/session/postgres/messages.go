package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lanyard/broker/session"
)

// The channels of messages: one for changes, and each node's own for
// acknowledgements.
const (
	changesChannel = "lanyard_changes"
	acksChannel    = "lanyard_acks_"
)

// closeWithin is how long a connection may take to be closed.
const closeWithin = time.Second

// Listen hears the messages of other nodes on a connection of its own.
func (s *Store) Listen(ctx context.Context, node string, heard func(session.Message)) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("session store: listen: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	own := acksChannel + node
	for _, channel := range [...]string{changesChannel, own} {
		if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
			return fmt.Errorf("session store: listen: %w", err)
		}
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("session store: listen: %w", err)
		}
		var m session.Message
		var ok bool
		switch n.Channel {
		case changesChannel:
			m, ok = readChange(n.Payload)
		case own:
			m, ok = readAck(n.Payload, node)
		}
		if ok { // what is none of ours can be sent by whoever may use the database
			heard(m)
		}
	}
}

// Acknowledge sends a node's acknowledgements.
func (s *Store) Acknowledge(ctx context.Context, node string, acks []session.Asker) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	nodes, asks := make([]string, len(acks)), make([]int64, len(acks))
	for i, a := range acks {
		nodes[i], asks[i] = a.Node, int64(a.Ask)
	}
	if _, err := s.pool.Exec(ctx, acknowledges, nodes, asks, node); err != nil {
		return fmt.Errorf("session store: %w", err)
	}
	return nil
}

// readChange reads "GROUP NUMBER NODE ASK KEY".
func readChange(text string) (m session.Message, ok bool) {
	part := strings.SplitN(text, " ", 5)
	if len(part) != 5 || part[2] == "" || part[4] == "" {
		return m, false
	}
	group, badGroup := strconv.Atoi(part[0])
	number, badNumber := strconv.ParseUint(part[1], 10, 63)
	ask, badAsk := strconv.ParseUint(part[3], 10, 63)
	if badGroup != nil || badNumber != nil || badAsk != nil || group != session.GroupOf(part[4]) {
		return m, false
	}
	return session.Message{From: session.Asker{Node: part[2], Ask: ask}, Group: group, Number: number, Key: part[4]}, true
}

// readAck reads "ASK NODE", sent to a node.
func readAck(text, to string) (m session.Message, ok bool) {
	ask, by, found := strings.Cut(text, " ")
	number, err := strconv.ParseUint(ask, 10, 63)
	if !found || err != nil || by == "" {
		return m, false
	}
	return session.Message{From: session.Asker{Node: to, Ask: number}, By: by}, true
}
