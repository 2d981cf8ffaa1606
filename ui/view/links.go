package view

import (
	"lanyard/broker/agent"
	"lanyard/ui/words"
)

// Part is what a link of the chain is.
type Part int

// The parts, from the hand to the far end.
const (
	CardPart Part = iota
	ReaderPart
	NetworkPart
	ServerPart
	DirectoryPart
)

// LinkMark is the badge of a link, which tells its state without colour.
type LinkMark int

// The marks.
const (
	Dash LinkMark = iota
	Tick
	Cross
)

// Link is one link of the chain from the card to the directory.
type Link struct {
	Part  Part
	Name  string
	State string
	Mark  LinkMark
}

// links words the chain. Only the first fault is told as one: what lies behind
// it was not reached.
func links(b words.Book, s agent.Snapshot) []Link {
	l := s.Links
	parts := []struct {
		name      words.Key
		state     agent.LinkState
		good, bad words.Key
		idle      words.Key
	}{
		{words.LinkCard, l.Card, words.StateIn, words.StateNotRead, words.StateNotIn},
		{words.LinkReader, l.Reader, words.StateWorking, words.StateNone, words.StateNotTried},
		{words.LinkNetwork, l.Network, words.StateWorking, words.StateNoAnswer, words.StateNotTried},
		{words.LinkServer, l.Server, words.StateWorking, words.StateNoAnswer, words.StateNotTried},
		{words.LinkDirectory, l.Directory, words.StateWorking, words.StateNoAnswer, words.StateNotTried},
	}
	out := make([]Link, len(parts))
	broken := false
	for i, p := range parts {
		v := Link{Part: Part(i), Name: b.Text(p.name), State: b.Text(p.idle)}
		switch {
		case p.state == agent.LinkOK:
			v.State, v.Mark = b.Text(p.good), Tick
		case p.state == agent.LinkBroken && !broken:
			v.State, v.Mark, broken = b.Text(p.bad), Cross, true
		case broken && i > int(ReaderPart):
			v.State = b.Text(words.StateNotReached)
		}
		out[i] = v
	}
	return out
}
